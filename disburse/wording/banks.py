"""The sentences about bank partners and their programs. No logic."""

BANKS: dict[str, tuple[str, str]] = {
    # the simulated bank
    "delivery_unknown": (
        "Không có tin báo này. Mở lại trang của chương trình để xem các tin hiện có.",
        "There is no such message. Open the program's page again to see those there are.",
    ),
    "delivery_delivered": (
        "Tin này đã đến nơi, không cần gửi lại.",
        "This message has arrived; there is no need to send it again.",
    ),
    "partner_unreachable": (
        "Không gọi được {url}. Kiểm tra địa chỉ và xem trang web có đang chạy không.",
        "{url} cannot be reached. Check the address and whether the web is running.",
    ),
    "partner_refused": (
        "Bên kia từ chối ({status}, {code}): {detail}",
        "The other side refused ({status}, {code}): {detail}",
    ),
    "secret_needed": (
        "Cần khóa của chương trình: đặt biến DISBURSE_BANK_SECRET hoặc dùng --secret-stdin.",
        "The program's secret is needed: set DISBURSE_BANK_SECRET or use --secret-stdin.",
    ),
    "url_invalid": (
        "“{value}” không phải địa chỉ trang web. Viết như http://127.0.0.1:8000.",
        "“{value}” is no web address. Write it like http://127.0.0.1:8000.",
    ),
    "client_id_invalid": (
        "“{value}” không phải client_id. Xem: disburse bank list.",
        "“{value}” is no client_id. See: disburse bank list.",
    ),
    # clients and secrets
    "client_name_needed": (
        "Đặt tên cho chương trình của ngân hàng, ví dụ “core” hoặc “thử nghiệm”.",
        "Give the bank's program a name, such as “core” or “test”.",
    ),
    "client_exists": (
        "Ngân hàng {bank} đã có chương trình tên {name}. Đặt tên khác, hoặc tạo khóa mới cho chương trình đó.",
        "Bank {bank} already has a program called {name}. Choose another name, or make it a new secret.",
    ),
    "client_unknown": (
        "Không có chương trình này của ngân hàng. Xem: disburse bank list.",
        "There is no such program of a bank. See: disburse bank list.",
    ),
    "secrets_full": (
        "Chương trình đã có hai khóa đang dùng. Thu hồi khóa cũ trước khi tạo khóa mới.",
        "The program has two live secrets already. Revoke the old one before making another.",
    ),
    "secret_unknown": (
        "Không có khóa đang dùng nào như vậy của chương trình này.",
        "The program has no such live secret.",
    ),
    "network_invalid": (
        "“{value}” không phải địa chỉ hay dải địa chỉ. Viết như 203.0.113.7 hoặc 203.0.113.0/24.",
        "“{value}” is no address or network. Write it like 203.0.113.7 or 203.0.113.0/24.",
    ),
    "budget_invalid": (
        "Số lần gọi mỗi phút, mỗi ngày phải từ 1 trở lên.",
        "The calls per minute and per day must be 1 or more.",
    ),
    "scope_unknown": (
        "Không có quyền “{value}”. Các quyền: {known}.",
        "There is no scope “{value}”. The scopes: {known}.",
    ),
    # the door
    "client_refused": (
        "Mã chương trình hoặc khóa không đúng, đã thu hồi, đang bị khóa, hoặc gọi từ địa chỉ không được phép.",
        "The client id or secret is wrong, revoked or disabled, or the call comes from an address that is not allowed.",
    ),
    "grant_unsupported": (
        "Chỉ nhận grant_type=client_credentials, gửi dạng biểu mẫu (application/x-www-form-urlencoded).",
        "Only grant_type=client_credentials is taken, sent as a form (application/x-www-form-urlencoded).",
    ),
    "credentials_twice": (
        "Mã và khóa chỉ gửi một cách: hoặc HTTP Basic, hoặc trong biểu mẫu.",
        "Send the client id and secret one way only: by HTTP Basic or in the form.",
    ),
    "scope_refused": (
        "Chương trình này không có một trong các quyền đã hỏi. Bỏ trống scope để nhận mọi quyền đang có.",
        "The client lacks one of the scopes asked for. Leave `scope` out to get all it has.",
    ),
    "token_missing": (
        "Cần thẻ truy cập: lấy ở POST /oauth/token rồi gửi trong đầu mục Authorization: Bearer.",
        "A token is needed: get one at POST /oauth/token and send it as Authorization: Bearer.",
    ),
    "token_invalid": (
        "Thẻ truy cập sai, quá hạn hoặc đã bị thu hồi. Lấy thẻ mới ở POST /oauth/token.",
        "The token is wrong, expired or revoked. Get a new one at POST /oauth/token.",
    ),
    "address_refused": (
        "Địa chỉ gọi đến không nằm trong danh sách đã khai của chương trình. Nhờ cơ quan bổ sung địa chỉ.",
        "The call comes from an address that is not on the client's list. Ask the office to add it.",
    ),
    "scope_missing": (
        "Chương trình chưa được cấp quyền {scope}. Nhờ cơ quan cấp, rồi lấy thẻ mới.",
        "The client does not have the scope {scope}. Ask the office for it, then get a new token.",
    ),
    "budget_spent": (
        "Đã hết số lần gọi được phép. Gọi lại sau {seconds} giây.",
        "The calls allowed are used up. Call again in {seconds} seconds.",
    ),
    "idempotency_missing": (
        "Cần đầu mục Idempotency-Key, đúng một lần: 1 đến 255 ký tự ASCII, mới cho mỗi lần gọi mới.",
        "The header Idempotency-Key is needed, exactly once: 1 to 255 ASCII characters, new for each new call.",
    ),
    "idempotency_reused": (
        "Idempotency-Key này đã dùng cho một nội dung khác. Tạo khóa mới cho lần gọi mới.",
        "This Idempotency-Key was used for another content. Make a new one for a new call.",
    ),
    "message_reused": (
        "{field} này đã dùng cho một nội dung khác; không nhận gì từ lần gọi này. Gửi lại với mã mới.",
        "This {field} was used for another content; nothing of this call was taken. Send it with a new one.",
    ),
    "idempotency_running": (
        "Lần gọi với Idempotency-Key này đang chạy. Gửi lại sau {seconds} giây để nhận câu trả lời.",
        "The call with this Idempotency-Key is running. Send it again in {seconds} seconds to get its answer.",
    ),
    "signature_missing": (
        "Thông điệp phải được ký: cần đủ Content-Digest, Signature-Input và Signature.",
        "The message must be signed: Content-Digest, Signature-Input and Signature are all needed.",
    ),
    "signature_invalid": (
        "Chữ ký không khớp với thông điệp, khóa đã thu hồi, hoặc đồng hồ lệch quá 5 phút. Ký lại rồi gửi lại.",
        "The signature does not fit the message, its key is revoked, or the clock is off by more than 5 minutes. "
        "Sign again and send again.",
    ),
    "signature_replayed": (
        "Thông điệp đã ký này đã đến một lần. Ký lại với nonce mới.",
        "This signed message has come before. Sign again with a new nonce.",
    ),
    "items_invalid": (
        'Nội dung phải là JSON dạng {{"items": [...]}} với 1 đến {most} mục ({reason}).',
        'The content must be JSON like {{"items": [...]}} with 1 to {most} items ({reason}).',
    ),
    "item_invalid": (
        "Mục này sai ở {field}: xem tài liệu API rồi gửi lại riêng mục này.",
        "This item is wrong at {field}: see the API's documentation and send it again by itself.",
    ),
    "request_unknown": (
        "Không có yêu cầu nào đang mở với mã này cho ngân hàng của bạn. Lấy lại danh sách yêu cầu.",
        "Your bank has no open request with this id. Pull the list of requests again.",
    ),
    "yes_doubtful": (
        "Đã nhận như một lời từ chối (rjct.name.partial): tên chỉ khớp một phần và không số giấy tờ nào khớp. Cán bộ "
        "sẽ xem lại.",
        "Taken as a no (rjct.name.partial): the name agrees in part only, and no ID does. A clerk will look at it.",
    ),
    "opening_needs_account": (
        "Trả lời đã mở tài khoản thì phải kèm số tài khoản.",
        "An answer that an account was opened must carry its number.",
    ),
    "event_reused": (
        "Mã sự kiện này đã dùng cho một việc khác. Tạo mã mới cho sự kiện mới.",
        "This event id was used for something else. Make a new one for a new event.",
    ),
    "webhook_refused": (
        "Địa chỉ nhận tin không dùng được. Cần https tới một máy chủ có thật trên mạng công khai, không phải địa chỉ "
        "nội bộ, không kèm tên và mật khẩu.",
        "The webhook address cannot be used. It must be https to a host that exists on the public network, no private "
        "address, without name and password.",
    ),
    # lists of accounts on the screen
    "list_bank_needed": (
        "Chưa chọn ngân hàng. Chọn ngân hàng đã lập danh sách này.",
        "No bank is chosen. Choose the bank whose accounts the list holds.",
    ),
    "list_source_needed": (
        "Chưa chọn nguồn. Cho biết danh sách này từ đâu mà có.",
        "No source is chosen. Say where the list comes from.",
    ),
    "list_of_another_bank": (
        "Phần lớn dòng trong tệp ghi ngân hàng {other}, không phải {bank}. Để tệp này sang một bên, rồi tải lại và "
        "chọn đúng ngân hàng.",
        "Most lines of the file name the bank {other}, not {bank}. Put this file aside, then upload it again and "
        "choose the right bank.",
    ),
    "list_settled": (
        "Danh sách này đã có người cho nhập hoặc để sang một bên. Kết quả ở dưới đây.",
        "Somebody had this list taken in or put it aside already. What came of it stands below.",
    ),
}
