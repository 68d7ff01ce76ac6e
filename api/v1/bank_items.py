"""How many things travel in one call: a list of items read one by one, and an answer for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from disburse.errors import DisburseError, Invalid

MOST_ITEMS = 5_000
Item = TypeVar("Item", bound=BaseModel)
Text = Annotated[str, StringConstraints(strict=True, pattern=r"^[^\x00-\x1f\x7f]*$")]  # no database takes a NUL


@dataclass(frozen=True, slots=True)
class Bad:
    """An item that is not what the documentation asks for, and the field where it went wrong."""

    field: str


@dataclass(frozen=True, slots=True)
class Batch(Generic[Item]):
    """The items of a call in their order; one that is wrong stands in its place."""

    items: Sequence[Item | Bad]

    def good(self) -> list[tuple[int, Item]]:
        """Return the items that can be worked on, with their places."""
        return [(index, item) for index, item in enumerate(self.items) if not isinstance(item, Bad)]


class _Whole(BaseModel, Generic[Item]):
    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[Item], Field(min_length=1, max_length=MOST_ITEMS)]


def reader(model: type[Item]) -> Callable[[bytes], Batch[Item]]:
    """Return what reads a body of such items: all at once when all are good, else each by itself."""
    whole = TypeAdapter(_Whole[model])  # type: ignore[valid-type]

    def read(content: bytes) -> Batch[Item]:
        try:
            return Batch(whole.validate_json(content, strict=True).items)
        except ValidationError:
            return Batch([_one(model, item) for item in read_items(content)])

    return read


def _one(model: type[Item], item: Any) -> Item | Bad:
    try:
        return model.model_validate_json(pydantic_core.to_json(item), strict=True)
    except ValidationError as wrong:
        place = wrong.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
        return Bad(str(place[0])[:60] if place else "item")


def read_items(content: bytes) -> list[Any]:
    """Return the items of a body, whatever they are. Raises Invalid("items_invalid") for anything else."""
    try:
        body = pydantic_core.from_json(content, allow_inf_nan=False)
    except ValueError as wrong:
        raise Invalid("items_invalid", most=MOST_ITEMS, reason="JSON") from wrong
    if not isinstance(body, dict) or body.keys() != {"items"} or not isinstance(body["items"], list):
        raise Invalid("items_invalid", most=MOST_ITEMS, reason="items")
    if not 1 <= len(body["items"]) <= MOST_ITEMS:
        raise Invalid("items_invalid", most=MOST_ITEMS, reason=str(len(body["items"])))
    items: list[Any] = body["items"]
    return items


@dataclass(slots=True)
class ItemAnswer:
    """What became of one item. `failed` has a stable code and a sentence; nothing of a failed item was kept."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    index: Annotated[int, Field(ge=0, description="Its place in the call, from 0.")]
    reference: Annotated[str, Field(description="The item's own id, as it was sent.")]
    status: Literal["taken", "same", "failed"]
    code: Annotated[str, Field(examples=["request_unknown"])] = ""
    message: str = ""


class BatchAnswer(BaseModel):
    """One answer for each item of the call, in its order."""

    model_config = ConfigDict(extra="forbid")

    total_count: int
    completed_count: int = Field(description="How many were taken, now or before.")
    failed_count: int
    results: list[ItemAnswer]


def answer_of(answers: list[ItemAnswer]) -> BatchAnswer:
    """Return the whole answer."""
    failed = sum(answer.status == "failed" for answer in answers)
    return BatchAnswer(
        total_count=len(answers), completed_count=len(answers) - failed, failed_count=failed, results=answers
    )


def failed(index: int, reference: str, code: str, facts: Mapping[str, object], lang: str) -> ItemAnswer:
    """Return the answer for an item that was not taken."""
    sentence = DisburseError(code, **facts).sentence(lang)
    return ItemAnswer(index=index, reference=reference, status="failed", code=code, message=sentence)


def body_of(model: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """Return the part of OpenAPI that describes a body of such items.

    An item may be anything, because one that is wrong is answered for itself and fails no call.
    """
    schema = {
        "type": "object",
        "required": ["items"],
        "additionalProperties": False,
        "properties": {
            "items": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_ITEMS,
                "items": {"anyOf": [{"$ref": f"#/components/schemas/{model.__name__}"}, {}]},
            }
        },
    }
    content = {"application/json": {"schema": schema, "example": {"items": [example]}}}
    return {"requestBody": {"required": True, "content": content}}
