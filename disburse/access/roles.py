"""What each role may do, in code: a grant in the database only names the role, the area and the programme."""

from __future__ import annotations

from enum import StrEnum

from disburse.access.tables import Role


class Permission(StrEnum):
    """One thing a route or a list may ask for. The name says the object, then the act."""

    PROGRESS_READ = "progress.read"
    PROGRESS_SET = "progress.set"
    NAMES_READ = "names.read"
    ROSTER_READ = "roster.read"
    ROSTER_UPLOAD = "roster.upload"
    ROSTER_UNDO = "roster.undo"
    ISSUE_READ = "issue.read"
    ROW_FIX = "row.fix"
    WORKBOOK_EXPORT = "workbook.export"
    PERSON_READ = "person.read"
    PERSON_CHANGE = "person.change"
    PERSON_MERGE = "person.merge"
    NOTE_WRITE = "note.write"
    RECIPIENT_CHANGE = "recipient.change"
    QUESTION_ANSWER = "question.answer"
    HAMLET_CHANGE = "hamlet.change"
    NUMBER_REVEAL = "number.reveal"
    ACCOUNT_READ = "account.read"
    REQUEST_SEND = "request.send"
    BANK_EXCHANGE = "bank.exchange"
    BANK_READ = "bank.read"
    BANK_CHANGE = "bank.change"
    BANK_OWN = "bank.own"
    LINK_PROPOSE = "link.propose"
    LINK_APPROVE = "link.approve"
    FLAG_READ = "flag.read"
    FLAG_SETTLE = "flag.settle"
    MATCH_REVIEW = "match.review"
    MATCH_BULK = "match.bulk"
    MATCH_PREVIEW = "match.preview"
    JOB_READ = "job.read"
    JOB_CHANGE = "job.change"
    USER_READ = "user.read"
    USER_CHANGE = "user.change"
    AUDIT_READ = "audit.read"
    AUDIT_EXPORT = "audit.export"
    OWN_SESSION = "session.own"


# Vietnamese and English, for the screens, the command line and docs/permissions.md.
PERMISSION_WORDS: dict[Permission, tuple[str, str]] = {
    Permission.PROGRESS_READ: (
        "xem bảng tiến độ (số liệu tổng hợp)",
        "see the progress table (totals only)",
    ),
    Permission.PROGRESS_SET: (
        "đặt chỉ tiêu cho các xã, phường; chốt số liệu một tháng",
        "set targets for communes; close the figures of a month",
    ),
    Permission.NAMES_READ: (
        "xem danh sách người sau mỗi con số (số căn cước che bớt)",
        "see the names behind a number (IDs masked)",
    ),
    Permission.ROSTER_READ: (
        "xem các danh sách đối tượng đã nhập",
        "see the rosters that were imported",
    ),
    Permission.ROSTER_UPLOAD: (
        "tải danh sách lên, chỉnh cách đọc, nhập hoặc từ chối",
        "upload rosters, correct how they are read, import or refuse them",
    ),
    Permission.ROSTER_UNDO: (
        "hoàn tác một danh sách đã nhập, khi chưa chi trả theo danh sách đó",
        "undo an imported roster nobody has been paid from",
    ),
    Permission.ISSUE_READ: (
        "xem từng dòng lỗi của một danh sách, kể cả giá trị gốc (được ghi nhật ký)",
        "see a roster's row issues with their raw values (logged)",
    ),
    Permission.ROW_FIX: (
        "sửa từng dòng của danh sách, sửa hàng loạt, bỏ dòng có lý do",
        "put rows of a roster right, many at once too, and give rows up with a reason",
    ),
    Permission.WORKBOOK_EXPORT: (
        "tải về chính tệp Excel của mình, kèm số tài khoản đầy đủ (được ghi nhật ký)",
        "get one's own workbook back, with whole account numbers (logged)",
    ),
    Permission.PERSON_READ: (
        "xem hồ sơ một đối tượng (số căn cước che bớt)",
        "see a person's page (IDs masked)",
    ),
    Permission.PERSON_CHANGE: (
        "sửa hồ sơ, ghi nhận mất, chuyển đi, thôi hưởng, tạm dừng (có lý do)",
        "change a person; record death, moving, stopping, suspension (with a reason)",
    ),
    Permission.PERSON_MERGE: (
        "gộp hai hồ sơ của một người, hoặc ghi nhận là hai người",
        "merge two records of one person, or say that they are two",
    ),
    Permission.NOTE_WRITE: (
        "ghi chú vào hồ sơ một đối tượng (không sửa, không xóa được)",
        "write a note on a person's page (never changed, never deleted)",
    ),
    Permission.RECIPIENT_CHANGE: (
        "đổi người nhận, ghi giấy tờ và bản chụp giấy tờ của người nhận",
        "change who receives, with the paper and its scan",
    ),
    Permission.QUESTION_ANSWER: (
        "trả lời câu hỏi do danh sách nêu ra",
        "answer the questions that rosters raise",
    ),
    Permission.HAMLET_CHANGE: (
        "sửa danh mục thôn, tổ dân phố",
        "change the register of hamlets",
    ),
    Permission.NUMBER_REVEAL: (
        "hiện đầy đủ một số đang che (được ghi nhật ký, có giới hạn mỗi giờ)",
        "show a masked number whole (logged, limited per hour)",
    ),
    Permission.ACCOUNT_READ: (
        "xem tài khoản và ngân hàng (số tài khoản che bớt)",
        "see accounts and banks (numbers masked)",
    ),
    Permission.REQUEST_SEND: (
        "gửi ngân hàng yêu cầu xác nhận tài khoản, nhờ mở tài khoản",
        "send banks the requests to confirm accounts and to open them",
    ),
    Permission.BANK_EXCHANGE: (
        "nhận danh sách tài khoản, gửi yêu cầu, nhận trả lời của ngân hàng bằng tệp, kèm số đầy đủ (được ghi nhật ký)",
        "bring lists of accounts, exchange requests and answers with banks as files, with whole numbers (logged)",
    ),
    Permission.BANK_READ: (
        "xem các chương trình của ngân hàng và nhật ký gọi",
        "see banks' programs and the log of their calls",
    ),
    Permission.BANK_CHANGE: (
        "thêm, đổi, khóa chương trình của ngân hàng và khóa bí mật của chúng",
        "add, change and shut out banks' programs and their secrets",
    ),
    Permission.BANK_OWN: (
        "xem yêu cầu gửi cho ngân hàng mình và kết quả (không có họ tên)",
        "see the requests to one's own bank and how they stand (no names)",
    ),
    Permission.LINK_PROPOSE: (
        "đề nghị thay tài khoản, ngừng tài khoản (có lý do), đọc thông báo đổi tài khoản",
        "propose another account, end a link (with a reason), read notices of changes",
    ),
    Permission.LINK_APPROVE: (
        "duyệt hoặc không duyệt đề nghị thay tài khoản của người khác",
        "approve or turn down a replacement that somebody else proposed",
    ),
    Permission.FLAG_READ: (
        "xem các dấu hiệu cần kiểm tra về tài khoản và người nhận",
        "see the red flags about accounts and recipients",
    ),
    Permission.FLAG_SETTLE: (
        "ghi nhận đã xem xét một dấu hiệu, cho người nhận tiếp tục nhận, giữ danh sách cán bộ",
        "note that a flag was looked at, let a held recipient go on, keep the list of staff",
    ),
    Permission.MATCH_REVIEW: (
        "xem xét từng cặp người và tài khoản chờ ghép (số che bớt, trừ chữ số khác nhau)",
        "review pairs of people and accounts one by one (numbers masked but for the digits that differ)",
    ),
    Permission.MATCH_BULK: (
        "chấp nhận hàng loạt theo bộ lọc sau khi kiểm tra mẫu; xem năng suất các cán bộ",
        "accept in bulk over a filter after judging a sample; see the clerks' counters",
    ),
    Permission.MATCH_PREVIEW: (
        "xem trước tác động của ngưỡng ghép tự động",
        "preview what another matching threshold would decide",
    ),
    Permission.JOB_READ: (
        "xem các tác vụ đang chạy và đã xong",
        "see running and finished jobs",
    ),
    Permission.JOB_CHANGE: (
        "chạy lại hoặc hủy một tác vụ của mình, của địa bàn mình",
        "run again or cancel a job of one's own or of one's area",
    ),
    Permission.USER_READ: (
        "xem người dùng và phân quyền",
        "see users and what they are granted",
    ),
    Permission.USER_CHANGE: (
        "thêm, khóa, mở người dùng; cấp và thu quyền",
        "add, disable and enable users; give and take back rights",
    ),
    Permission.AUDIT_READ: (
        "xem nhật ký",
        "see the audit log",
    ),
    Permission.AUDIT_EXPORT: (
        "xuất nhật ký ra tệp (được ghi nhật ký)",
        "export the audit log to a file (logged)",
    ),
    Permission.OWN_SESSION: (
        "đăng nhập, đăng xuất, đổi ngôn ngữ",
        "sign in, sign out, change the language",
    ),
}

ROLE_WORDS: dict[Role, tuple[str, str]] = {
    Role.ADMIN: ("quản trị hệ thống", "administrator"),
    Role.PROVINCE: ("cán bộ cấp tỉnh", "provincial officer"),
    Role.COMMUNE: ("cán bộ cấp xã", "commune officer"),
    Role.APPROVER: ("người phê duyệt", "approver"),
    Role.COLLABORATOR: ("cộng tác viên", "outreach worker"),
    Role.LEADER: ("lãnh đạo", "leader"),
    Role.AUDITOR: ("kiểm tra, giám sát", "auditor"),
    Role.BANK: ("ngân hàng", "bank"),
    Role.PAYER: ("tổ chức chi trả", "payer"),
}

_OFFICER = frozenset(
    {
        Permission.PROGRESS_READ,
        Permission.NAMES_READ,
        Permission.ROSTER_READ,
        Permission.ROSTER_UPLOAD,
        Permission.ROSTER_UNDO,
        Permission.ISSUE_READ,
        Permission.ROW_FIX,
        Permission.WORKBOOK_EXPORT,
        Permission.PERSON_READ,
        Permission.PERSON_CHANGE,
        Permission.PERSON_MERGE,
        Permission.NOTE_WRITE,
        Permission.RECIPIENT_CHANGE,
        Permission.QUESTION_ANSWER,
        Permission.HAMLET_CHANGE,
        Permission.NUMBER_REVEAL,
        Permission.ACCOUNT_READ,
        Permission.LINK_PROPOSE,
        Permission.FLAG_READ,
        Permission.MATCH_REVIEW,
        Permission.MATCH_PREVIEW,
        Permission.JOB_READ,
        Permission.JOB_CHANGE,
        Permission.OWN_SESSION,
    }
)

PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(
        {
            Permission.BANK_READ,
            Permission.BANK_CHANGE,
            Permission.JOB_READ,
            Permission.JOB_CHANGE,
            Permission.USER_READ,
            Permission.USER_CHANGE,
            Permission.AUDIT_READ,
            Permission.AUDIT_EXPORT,
            Permission.OWN_SESSION,
        }
    ),
    Role.PROVINCE: _OFFICER
    | {Permission.MATCH_BULK, Permission.PROGRESS_SET}
    | {Permission.REQUEST_SEND, Permission.BANK_EXCHANGE, Permission.BANK_READ}
    | {Permission.LINK_APPROVE, Permission.FLAG_SETTLE},
    Role.COMMUNE: _OFFICER,
    Role.APPROVER: frozenset(
        {
            Permission.PROGRESS_READ,
            Permission.NAMES_READ,
            Permission.ROSTER_READ,
            Permission.PERSON_READ,
            Permission.ACCOUNT_READ,
            Permission.MATCH_PREVIEW,
            Permission.LINK_APPROVE,
            Permission.FLAG_READ,
            Permission.OWN_SESSION,
        }
    ),
    # Lists of their own hamlets join with outreach; until then there is nothing here they may see.
    Role.COLLABORATOR: frozenset({Permission.OWN_SESSION}),
    Role.LEADER: frozenset({Permission.PROGRESS_READ, Permission.OWN_SESSION}),
    Role.AUDITOR: frozenset(
        {
            Permission.PROGRESS_READ,
            Permission.NAMES_READ,
            Permission.ROSTER_READ,
            Permission.PERSON_READ,
            Permission.ACCOUNT_READ,
            Permission.BANK_READ,
            Permission.FLAG_READ,
            Permission.JOB_READ,
            Permission.NUMBER_REVEAL,
            Permission.USER_READ,
            Permission.AUDIT_READ,
            Permission.AUDIT_EXPORT,
            Permission.OWN_SESSION,
        }
    ),
    Role.BANK: frozenset({Permission.BANK_OWN, Permission.OWN_SESSION}),
    Role.PAYER: frozenset({Permission.OWN_SESSION}),
}

# What decides who is paid and into which account, made or approved. A role that may any of it is given by two (ADR 17).
MOVES_MONEY = frozenset(
    {
        Permission.ROSTER_UPLOAD,
        Permission.ROSTER_UNDO,
        Permission.ROW_FIX,
        Permission.PERSON_CHANGE,
        Permission.PERSON_MERGE,
        Permission.RECIPIENT_CHANGE,
        Permission.QUESTION_ANSWER,
        Permission.REQUEST_SEND,
        Permission.BANK_EXCHANGE,
        Permission.LINK_PROPOSE,
        Permission.LINK_APPROVE,
        Permission.FLAG_SETTLE,
        Permission.MATCH_REVIEW,
        Permission.MATCH_BULK,
    }
)

_MAKERS = (Role.PROVINCE, Role.COMMUNE)
_OUTSIDE = (Role.BANK, Role.PAYER)

# Two roles no single person may hold: each pair would let one account walk from a list to its release,
# or judge its own work.
TOXIC: frozenset[frozenset[Role]] = frozenset(
    frozenset(pair)
    for pair in (
        *((Role.ADMIN, other) for other in (*_MAKERS, *_OUTSIDE, Role.APPROVER, Role.AUDITOR, Role.COLLABORATOR)),
        *((Role.APPROVER, other) for other in (*_MAKERS, *_OUTSIDE, Role.AUDITOR)),
        *((Role.AUDITOR, other) for other in (*_MAKERS, *_OUTSIDE, Role.COLLABORATOR)),
        *((maker, outside) for maker in _MAKERS for outside in _OUTSIDE),
        (Role.BANK, Role.PAYER),
    )
)


def permissions_of(role: Role) -> frozenset[Permission]:
    """Return what a role may do."""
    return PERMISSIONS_OF[role]


def moves_money(role: Role) -> bool:
    """Say whether a role may make or approve anything that decides who is paid and into which account."""
    return bool(PERMISSIONS_OF[role] & MOVES_MONEY)


def role_name(role: Role, lang: str = "vi") -> str:
    """Return the role's name on screen."""
    return ROLE_WORDS[role][0 if lang == "vi" else 1]


def toxic_pair(roles: set[Role]) -> tuple[Role, Role] | None:
    """Return two of these roles that nobody may hold together, or None."""
    for pair in TOXIC:
        if pair <= roles:
            first, second = sorted(pair)
            return first, second
    return None
