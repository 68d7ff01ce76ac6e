"""Why a bank says no: the closed list of reason codes, each with the next action and who must act. No database.

The codes follow G2P Connect (`rjct.<field>.<what>`); its own `*.invalid` words are understood as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Owner(StrEnum):
    """Whose turn it is after a refusal."""

    BANK = "bank"
    COMMUNE = "commune"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code means and what to do about it, in Vietnamese and English."""

    meaning: str
    action: str
    owner: Owner
    english: str
    english_action: str


REASONS: Mapping[str, Reason] = {
    "rjct.fa.not_found": Reason(
        "Không có tài khoản này ở ngân hàng",
        "Xã hỏi lại người nhận số tài khoản, đối chiếu với giấy của ngân hàng rồi ghép lại.",
        Owner.COMMUNE,
        "No such account at the bank",
        "The commune asks the recipient for the number again, compares it with the bank's paper and matches anew.",
    ),
    "rjct.fa.invalid": Reason(
        "Số tài khoản sai dạng",
        "Xã xem lại số tài khoản trong danh sách (thiếu số 0, số thẻ, nhầm số) rồi ghép lại.",
        Owner.COMMUNE,
        "The account number is malformed",
        "The commune looks at the number in the roster again (a lost zero, a card number, a slip) and matches anew.",
    ),
    "rjct.account.closed": Reason(
        "Tài khoản đã đóng",
        "Người nhận mở tài khoản mới hoặc chọn tài khoản khác đang hoạt động.",
        Owner.PERSON,
        "The account is closed",
        "The recipient opens a new account or chooses another that is in use.",
    ),
    "rjct.account.locked": Reason(
        "Tài khoản đang bị khóa",
        "Người nhận mang giấy tờ đến ngân hàng mở khóa, hoặc chọn tài khoản khác.",
        Owner.PERSON,
        "The account is locked",
        "The recipient takes their papers to the bank to have it unlocked, or chooses another account.",
    ),
    "rjct.account.dormant": Reason(
        "Tài khoản ngủ đông vì lâu không giao dịch",
        "Người nhận đến ngân hàng kích hoạt lại tài khoản.",
        Owner.PERSON,
        "The account is dormant",
        "The recipient has the account woken up at the bank.",
    ),
    "rjct.account.joint": Reason(
        "Tài khoản chung của nhiều người",
        "Người nhận chọn tài khoản đứng tên riêng.",
        Owner.PERSON,
        "A joint account",
        "The recipient chooses an account in their own name.",
    ),
    "rjct.account.kind": Reason(
        "Không phải tài khoản thanh toán (tiết kiệm, thẻ tín dụng, ví)",
        "Người nhận chọn tài khoản thanh toán.",
        Owner.PERSON,
        "Not a payment account",
        "The recipient chooses a payment account.",
    ),
    "rjct.currency.invalid": Reason(
        "Tài khoản không phải bằng đồng Việt Nam",
        "Người nhận chọn tài khoản bằng đồng.",
        Owner.PERSON,
        "Not an account in đồng",
        "The recipient chooses an account in đồng.",
    ),
    "rjct.name.mismatch": Reason(
        "Tên chủ tài khoản khác tên người nhận",
        "Xã kiểm tra tài khoản là của ai; nếu là của người khác thì cần giấy ủy quyền hoặc tài khoản khác.",
        Owner.COMMUNE,
        "The holder has another name",
        "The commune finds out whose account it is; if another's, an authority paper or another account is needed.",
    ),
    "rjct.name.partial": Reason(
        "Tên chỉ khớp một phần, không số giấy tờ nào khớp",
        "Xã xem tài khoản là của ai: đúng người thì sửa họ tên, số căn cước rồi ghép và hỏi lại; không thì chọn tài "
        "khoản khác.",
        Owner.COMMUNE,
        "The name agrees in part only, and no ID does",
        "The commune finds out whose account it is: if the recipient's, it corrects name and ID, matches and asks anew;"
        " else another account is chosen.",
    ),
    "rjct.name.invalid": Reason(
        "Họ tên gửi đi không dùng được",
        "Xã sửa họ tên người nhận theo thẻ căn cước.",
        Owner.COMMUNE,
        "The name sent cannot be used",
        "The commune corrects the recipient's name from the citizen card.",
    ),
    "rjct.id.mismatch": Reason(
        "Số căn cước của chủ tài khoản khác số trong danh sách",
        "Xã đối chiếu thẻ căn cước; nếu danh sách đúng, người nhận cập nhật giấy tờ tại ngân hàng.",
        Owner.COMMUNE,
        "The holder has another citizen ID",
        "The commune looks at the citizen card; if the roster is right, the recipient renews their papers at the bank.",
    ),
    "rjct.id.invalid": Reason(
        "Số căn cước gửi đi không dùng được",
        "Xã bổ sung số căn cước 12 chữ số của người nhận.",
        Owner.COMMUNE,
        "The citizen ID sent cannot be used",
        "The commune adds the recipient's 12-digit citizen ID.",
    ),
    "rjct.id.outdated": Reason(
        "Ngân hàng còn giữ chứng minh nhân dân 9 số hoặc giấy tờ hết hạn",
        "Người nhận mang thẻ căn cước đến ngân hàng cập nhật.",
        Owner.PERSON,
        "The bank holds outdated papers",
        "The recipient takes the citizen card to the bank to have the record renewed.",
    ),
    "rjct.biometrics.missing": Reason(
        "Chưa đối chiếu sinh trắc học",
        "Người nhận đến ngân hàng, hoặc ngân hàng đến tận nơi, để đối chiếu sinh trắc học.",
        Owner.PERSON,
        "Biometrics not checked yet",
        "The recipient goes to the bank, or the bank comes to them, to have biometrics checked.",
    ),
    "rjct.papers.missing": Reason(
        "Thiếu giấy tờ giám hộ hoặc ủy quyền",
        "Xã lập giấy giám hộ, ủy quyền rồi gửi ngân hàng.",
        Owner.COMMUNE,
        "Guardianship or authority papers are missing",
        "The commune draws up the guardianship or authority paper and sends it to the bank.",
    ),
    "rjct.holder.adult": Reason(
        "Chủ tài khoản đã đủ tuổi, phải tự đứng tên",
        "Người nhận cập nhật tài khoản sang tên mình tại ngân hàng.",
        Owner.PERSON,
        "The holder has come of age",
        "The recipient has the account put in their own name at the bank.",
    ),
    "rjct.holder.dead": Reason(
        "Ngân hàng ghi nhận chủ tài khoản đã mất",
        "Xã xác minh và cập nhật tình trạng của người hưởng.",
        Owner.COMMUNE,
        "The bank has the holder as deceased",
        "The commune verifies it and records the beneficiary's status.",
    ),
    "rjct.mobile_number.invalid": Reason(
        "Số điện thoại không dùng được",
        "Người nhận đăng ký lại số điện thoại tại ngân hàng.",
        Owner.PERSON,
        "The phone number cannot be used",
        "The recipient registers the phone number again at the bank.",
    ),
    "rjct.other.error": Reason(
        "Lý do khác phía ngân hàng",
        "Ngân hàng cho biết lý do cụ thể; phụ trách tỉnh liên hệ đầu mối ngân hàng.",
        Owner.BANK,
        "Another reason at the bank",
        "The bank says the exact reason; the province's officer asks the bank's contact.",
    ),
}
