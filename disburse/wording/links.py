"""The sentences about accounts, links, and the answers of clerks, banks and payers. No logic."""

from __future__ import annotations

# ruff: noqa: E501 - sentences are read whole
LINKS: dict[str, tuple[str, str]] = {
    # accounts and links
    "account_not_linkable": (
        "Tài khoản {account} không nhận chi trả được ({why}). Chọn tài khoản khác đang hoạt động, bằng đồng, của một người.",
        "The account {account} cannot receive payments ({why}). Choose an open, sole account in đồng.",
    ),
    "holder_merged": (
        "Hồ sơ này vừa được gộp vào hồ sơ khác. Tải lại trang và làm tiếp trên hồ sơ còn lại.",
        "This record was merged into another just now. Reload and go on with the record that remains.",
    ),
    "account_taken": (
        "Tài khoản {account} đang liên kết với người khác. Đóng liên kết đó trước, hoặc ghi người này là người nhận.",
        "The account {account} is linked to another person. Close that link first, or record them as recipient.",
    ),
    "account_taken_now": (
        "Tài khoản này vừa được liên kết ở nơi khác. Tải lại trang để xem.",
        "This account was linked elsewhere just now. Reload to see it.",
    ),
    "person_has_link": (
        "Người này đã có một tài khoản đang dùng. Đóng liên kết cũ hoặc đề xuất thay tài khoản.",
        "This person already has an account in use. Close that link or propose a replacement.",
    ),
    "link_unknown": (
        "Không tìm thấy liên kết tài khoản này.",
        "This account link was not found.",
    ),
    "link_illegal_move": (
        "Liên kết đang ở trạng thái {now}, không chuyển sang {to} được. Tải lại để xem trạng thái mới.",
        "The link is {now} and cannot become {to}. Reload to see its present state.",
    ),
    "link_changed": (
        "Liên kết đã có phiên bản mới; câu trả lời này là cho phiên bản cũ.",
        "The link has a newer version; this answer is about an older one.",
    ),
    "link_holder_needed": (
        "Liên kết phải có đúng một chủ: một người hoặc một tổ chức.",
        "A link needs exactly one holder: a person or an organisation.",
    ),
    "link_new_is_whole": (
        "“--new” ghép mọi thay đổi của toàn bộ dữ liệu; bỏ “--programme”, “--area”, hoặc bỏ “--new”.",
        "“--new” matches what changed anywhere; leave out “--programme” and “--area”, or “--new”.",
    ),
    "link_not_confirmed": (
        "Chỉ đề xuất thay một liên kết đã được ngân hàng xác nhận. Liên kết chưa xác nhận thì đóng rồi chọn lại.",
        "Only a confirmed link is replaced by a proposal. Close an unconfirmed one and choose again.",
    ),
    "link_not_live": (
        "Liên kết này không còn dùng. Chọn một liên kết đang dùng của chính người nhận.",
        "This link is not in use. Choose a live link of the recipient.",
    ),
    "link_of_another": (
        "Liên kết này không phải của người nhận đó. Chọn tài khoản của chính người nhận.",
        "This link belongs to someone else. Choose an account of the recipient.",
    ),
    "replacement_open": (
        "Đã có một đề xuất thay tài khoản đang chờ. Xử lý đề xuất đó trước.",
        "A replacement is already under way. Finish it first.",
    ),
    "same_person_approves": (
        "Người đề xuất không được tự duyệt. Nhờ người khác có quyền duyệt.",
        "Who proposes may not approve. Ask another person who may.",
    ),
    "same_person_relinks": (
        "Người đã ngừng tài khoản được ngân hàng xác nhận của người này không được tự ghép tài khoản khác. Nhờ cán bộ khác ghép, hoặc dùng đề nghị thay tài khoản.",
        "Who ended this person's confirmed account may not link another one. Ask a colleague, or propose a replacement.",
    ),
    "cover_needed": (
        "Chọn ít nhất một chế độ mà tài khoản mới áp dụng.",
        "Choose at least one enrolment that the new account is for.",
    ),
    "account_unknown": (
        "Không tìm thấy tài khoản này. Kiểm tra lại ngân hàng và số tài khoản.",
        "This account was not found. Check the bank and the number.",
    ),
    "account_number_unusable": (
        "Số tài khoản chưa đúng: cần 6 đến 19 chữ số, không phải số thẻ. Kiểm tra lại trên giấy đề nghị.",
        "The account number is not usable: 6 to 19 digits, not a card number. Check it on the form.",
    ),
    "notice_unknown": (
        "Không tìm thấy thông báo này.",
        "This notice was not found.",
    ),
    "hold_unknown": (
        "Không tìm thấy người nhận đang tạm giữ này.",
        "This held recipient was not found.",
    ),
    "hold_settled": (
        "Việc này đã được xử lý. Tải lại trang để xem.",
        "This has been settled already. Reload to see it.",
    ),
    "paper_not_in_force": (
        "Cần ngày hết hạn của giấy tờ mới, từ hôm nay trở đi.",
        "The new paper's last day is needed, today or later.",
    ),
    "flag_unknown": (
        "Không còn dấu hiệu này, hoặc không thuộc địa bàn của anh/chị. Tải lại danh sách.",
        "This flag is gone, or outside your areas. Reload the list.",
    ),
    "flag_changed": (
        "Thông tin đã thay đổi từ khi trang được mở. Tải lại rồi xem xét lại.",
        "The facts have changed since the page was opened. Reload and look again.",
    ),
    "flag_reviewed": (
        "Dấu hiệu này đã được xem xét. Tải lại danh sách.",
        "This flag was looked at already. Reload the list.",
    ),
    "staff_name_needed": (
        "Cần ghi họ tên cán bộ.",
        "The name of the member of staff is needed.",
    ),
    "staff_number_needed": (
        "Cần số căn cước đủ 12 chữ số, hoặc số điện thoại đúng.",
        "A citizen ID of 12 digits or a valid phone number is needed.",
    ),
    "staff_unknown": (
        "Không tìm thấy cán bộ này trong danh sách.",
        "This member of staff was not found in the list.",
    ),
    "reason_needed": (
        "Cần ghi lý do.",
        "A reason is needed.",
    ),
    "recipient_unknown": (
        "Không tìm thấy người nhận này.",
        "This recipient was not found.",
    ),
    "candidate_unknown": (
        "Không tìm thấy cặp ghép này. Có thể đã được xử lý.",
        "This pair was not found. It may have been answered already.",
    ),
    "preset_unknown": (
        "Không có bộ trọng số {name}. Kiểm tra biến DISBURSE_MATCH_PRESET.",
        "There is no preset {name}. Check the variable DISBURSE_MATCH_PRESET.",
    ),
    "preset_exists": (
        "Bộ trọng số {name} đã có và không bị ghi đè. Mỗi ngày chỉ lưu một bộ.",
        "The preset {name} exists and is never overwritten. One a day is kept.",
    ),
    "refit_nothing": (
        "Chưa có người nhận hoặc danh sách tài khoản nào đủ để học lại trọng số. Nhập danh sách trước.",
        "There are no recipients or registrations to learn from yet. Import lists first.",
    ),
    "matching_missing": (
        "Chưa cài bộ ghép nối. Cài đủ gói matching rồi chạy lại.",
        "The matcher is not installed. Install the matching package and run again.",
    ),
    "source_unknown": (
        "Không có nguồn {value}. Các nguồn: {known}.",
        "There is no source {value}. Known sources: {known}.",
    ),
    "list_in_progress": (
        "Danh sách này đang được tiến trình khác nhập. Chờ xong rồi xem kết quả.",
        "This list is being imported by another process. Wait for it to finish.",
    ),
    # files of answers
    "file_too_big": (
        "Tệp {path} quá {most}. Chia nhỏ rồi nhập từng tệp.",
        "The file {path} is larger than {most}. Split it and import each part.",
    ),
    "unlisted_invalid": (
        "--unlisted chỉ nhận keep hoặc no.",
        "--unlisted takes keep or no.",
    ),
    "payer_needed": (
        "Cần tên tổ chức chi trả (--payer).",
        "The payer's name is needed (--payer).",
    ),
    "paid_report_unknown": (
        "Không có báo cáo nào mang mã này. Mã do lệnh paid import in ra, cũng có trong nhật ký.",
        "No report has this id. paid import prints it, and the audit log has it too.",
    ),
    "paid_report_silent": (
        "Báo cáo này không tính cho ai: đã hủy trước đây, hoặc không dòng nào khớp.",
        "This report counts for nobody: it was undone before, or no line fitted anybody.",
    ),
    "line_row_unknown": (
        "Không có dòng này trong danh sách đã nhập (tệp {file}, trang {sheet}, dòng {line}).",
        "No imported list has this row (file {file}, sheet {sheet}, line {line}).",
    ),
    "line_value": (
        "Cột {column} có giá trị không dùng được: “{value}”. Sửa ô đó rồi nạp lại tệp.",
        "Column {column} holds a value that cannot be used: “{value}”. Correct the cell and send the file again.",
    ),
    "line_link_confirmed": (
        "Ngân hàng đã xác nhận liên kết này; muốn đổi phải đề xuất thay tài khoản.",
        "The bank has confirmed this link; propose a replacement to change it.",
    ),
    "line_nobody": (
        "Không tìm thấy người nào khớp với dòng này.",
        "Nobody fits this line.",
    ),
    "line_several": (
        "Có nhiều người khớp với dòng này; bổ sung số CCCD hoặc số hồ sơ.",
        "Several people fit this line; add the citizen ID or file number.",
    ),
    "line_id_differs": (
        "Số CCCD trên dòng khác số CCCD của người cùng tên; kiểm tra lại.",
        "The citizen ID of the line differs from that of the person of this name; check it.",
    ),
    "line_id_anothers": (
        "Số CCCD trên dòng là của một người khác trong hệ thống; kiểm tra lại.",
        "The citizen ID of the line is somebody else's here; check it.",
    ),
    "line_commune_differs": (
        "Số hồ sơ này thuộc một người ở xã khác với xã ghi trên dòng; kiểm tra mã xã và số hồ sơ.",
        "The file number is that of somebody in another commune than the line says; check both.",
    ),
    "line_birth_differs": (
        "Ngày sinh trên dòng khác ngày sinh của người có số hồ sơ này; kiểm tra ngày sinh và số hồ sơ.",
        "The birth date of the line differs from that of the person with this file number; check both.",
    ),
    "line_request_unknown": (
        "Không có yêu cầu nào khớp với dòng này. Chép lại mã yêu cầu và số tài khoản từ tệp đã gửi rồi nạp lại.",
        "No request fits this line. Copy the request id and the account from the file that was sent, and send it again.",
    ),
    "line_link_ended": (
        "Liên kết đã kết thúc hoặc có phiên bản mới; câu trả lời đến muộn nên không áp dụng.",
        "The link has ended or has a newer version; the answer came too late.",
    ),
    "line_which_holder": (
        "Tài khoản này còn được ghép cho người khác hoặc ở lần ghép trước, nên không rõ câu trả lời là về ai. Ghi mã yêu "
        "cầu (request_id) của tệp hỏi mới nhất.",
        "This account was linked to another person or in an earlier version too, so that nobody can tell whom the "
        "answer is about. Give the request_id of the newest file of requests.",
    ),
    "line_older_than_link": (
        "Ngân hàng kiểm tra trước ngày ghép tài khoản này, nên câu trả lời không thể là về lần ghép hiện nay. Xuất yêu cầu "
        "rồi hỏi lại ngân hàng.",
        "The bank looked before this account was linked, so the answer cannot be about the link of today. Export the "
        "requests and ask the bank again.",
    ),
    "line_undated": (
        "Chưa có yêu cầu nào về tài khoản này và dòng không ghi ngày kiểm tra. Ghi checked_at, hoặc xuất yêu cầu rồi hỏi "
        "ngân hàng.",
        "Nobody asked about this account, and the line does not say when the bank looked. Give checked_at, or export "
        "the requests and ask the bank.",
    ),
    "line_holder_changed": (
        "Thông tin người giữ tài khoản đã sửa sau khi gửi yêu cầu: trả lời được lưu, yêu cầu mới sẽ gửi lại.",
        "The holder was corrected after the request was sent: the answer is kept, a new request follows.",
    ),
    "line_account_differs": (
        "Số tài khoản không phải của yêu cầu ghi trên cùng dòng. Kiểm tra tệp có bị sắp xếp lệch cột không rồi gửi lại.",
        "The account is not that of the request on the same line. See whether a column was sorted by itself, and send "
        "it again.",
    ),
    "line_reason_unknown": (
        "Báo sai (rjct) phải kèm một mã lý do trong danh mục, đang là “{value}”. Hỏi lại ngân hàng mã đúng.",
        "A refusal (rjct) needs a reason code of the list; it holds “{value}”. Ask the bank for the right one.",
    ),
    "line_contradicts": (
        "Câu trả lời tự mâu thuẫn: xác nhận nhưng {what}. Hỏi lại ngân hàng.",
        "The answer contradicts itself: a yes, but {what}. Ask the bank again.",
    ),
    "line_unanswered": (
        "Ngân hàng chưa trả lời dòng này: các cột trả lời còn trống.",
        "The bank has not answered this line yet: the columns for answers are empty.",
    ),
    "line_own_decision": (
        "Chính anh/chị đã ghép tài khoản này. Nhờ một cán bộ khác nạp tệp này: câu trả lời sẽ được nhận.",
        "You matched this account yourself. Let another officer bring this file: the answer will be taken then.",
    ),
    "line_own_statement": (
        "Chỉ anh/chị đã nhập thông tin về tài khoản này. Nhờ một cán bộ khác nạp tệp này: câu trả lời sẽ được nhận.",
        "Nobody but you has told of this account. Let another officer bring this file: the answer will be taken then.",
    ),
    "line_other_bank": (
        "Dòng này là của ngân hàng {other}. Nạp ở trang của ngân hàng đó.",
        "This line is about the bank {other}. Bring it on that bank's page.",
    ),
    # workbooks of banks without a program
    "nothing_to_send": (
        "Không còn yêu cầu nào chờ ngân hàng này. Khi có tài khoản mới được ghép, tải tệp ở đây.",
        "No request waits for this bank. When new accounts have been matched, fetch the file here.",
    ),
    "answers_none": (
        "Tệp không có dòng trả lời nào dưới dòng tiêu đề. Kiểm tra xem ngân hàng có gửi đúng tệp không.",
        "The file has no line below its header. Check whether the bank sent the right file.",
    ),
    "answers_too_many": (
        "Tệp có {lines} dòng, quá {most}. Chia thành nhiều tệp, mỗi tệp giữ dòng tiêu đề, rồi nạp từng tệp.",
        "The file has {lines} lines, more than {most}. Split it, keep the header in each part, and bring each.",
    ),
    "answers_of_another_bank": (
        "Tệp này là câu trả lời của ngân hàng {other}, không phải của {bank}. Nạp ở trang của ngân hàng {other}.",
        "This file holds the answers of the bank {other}, not of {bank}. Bring it on the page of {other}.",
    ),
    "bank_needed": (
        "Chưa chọn ngân hàng. Chọn ngân hàng sẽ được nhờ mở tài khoản.",
        "No bank is chosen. Choose the one that is to open the accounts.",
    ),
    "openings_changed": (
        "Từ lúc anh/chị xem, số người cần tài khoản đã đổi, nên chưa nhờ ai. Xem lại danh sách rồi bấm lần nữa.",
        "The number of people has changed since you looked, so nobody was asked about. Look again, then press once more.",
    ),
    "answers_changed": (
        "Từ lúc anh/chị xem trước đã có thay đổi, nên chưa nhận gì. Xem lại các số dưới đây rồi nhận.",
        "Something has changed since you looked, so nothing was taken. Look at the figures below, then take them.",
    ),
    "answers_settled": (
        "Tệp này đã được nhận hoặc đã để sang một bên. Kết quả ở dưới đây.",
        "This file was taken or put aside already. What came of it stands below.",
    ),
    "line_file_repeats": (
        "Dòng này trái với một dòng trước trong cùng tệp.",
        "This line contradicts an earlier line of the same file.",
    ),
    # the review queue
    "card_held": (
        "Cán bộ {name} đang xem cặp này. Chọn cặp tiếp theo, hoặc thử lại sau hai phút.",
        "{name} is looking at this pair. Take the next one, or try again in two minutes.",
    ),
    "card_answered": (
        "Cặp này đã được {name} trả lời. Chọn cặp tiếp theo.",
        "{name} has answered this pair already. Take the next one.",
    ),
    "second_needed": (
        "Câu trả lời thứ nhất là của anh/chị; cần một cán bộ khác xem cặp này.",
        "The first answer was yours; another clerk must look at this pair.",
    ),
    "score_invalid": (
        "Điểm “{value}” không đọc được. Gõ một số từ 0 đến 1, ví dụ 0,85.",
        "The score “{value}” cannot be read. Type a number from 0 to 1, such as 0.85.",
    ),
    "answer_needed": (
        "Chọn một câu trả lời: Đúng người, Không phải (kèm lý do), Không có ai đúng hoặc Chưa chắc.",
        "Choose an answer: right person, not (with a reason), none of these, or unsure.",
    ),
    "sample_needed": (
        "Lấy mẫu và xem hết mẫu trước khi chấp nhận hàng loạt.",
        "Draw a sample and judge it before accepting in bulk.",
    ),
    "nothing_to_undo": (
        "Không có câu trả lời nào của anh/chị để hoàn tác.",
        "There is no answer of yours to take back.",
    ),
    "answer_at_bank": (
        "Không hoàn tác được: đã hỏi ngân hàng về liên kết này. Muốn bỏ thì đóng liên kết ở trang của người nhận.",
        "It cannot be taken back: the bank was asked about this link. Close the link on the person's page instead.",
    ),
    "answer_changed": (
        "Không hoàn tác được: cặp này đã thay đổi sau câu trả lời đó. Mở lại cặp để xem.",
        "It cannot be taken back: the pair has changed since. Open the pair to see.",
    ),
    "answer_settled": (
        "Không hoàn tác được: người thứ hai đã trả lời cặp này.",
        "It cannot be taken back: a second clerk has answered this pair.",
    ),
    "bulk_filter_needed": (
        "Chọn ít nhất một bộ lọc (mức điểm, xã, ngân hàng …) trước khi chấp nhận hàng loạt.",
        "Choose at least one filter (score, commune, bank …) before accepting in bulk.",
    ),
    "bulk_nothing": (
        "Không có cặp nào trong bộ lọc này chấp nhận hàng loạt được. Xem từng cặp.",
        "No pair of this filter can be accepted in bulk. Review them one by one.",
    ),
    "sample_used": (
        "Mẫu này đã dùng cho một đợt. Lấy mẫu mới.",
        "This sample was used for a batch. Draw another.",
    ),
    "sample_old": (
        "Mẫu này lấy đã quá 24 giờ. Lấy mẫu mới.",
        "This sample is older than 24 hours. Draw another.",
    ),
    "sample_open": (
        "Còn {left} cặp của mẫu chưa xem. Xem hết mẫu rồi mới chấp nhận hàng loạt.",
        "{left} pairs of the sample are not judged yet. Judge them all before accepting in bulk.",
    ),
    "sample_failed": (
        "Trong {judged} cặp của mẫu có {no} cặp không đúng (tối đa {most}). Không chấp nhận hàng loạt; hãy thu hẹp bộ lọc hoặc xem từng cặp.",
        "{no} of the {judged} pairs of the sample were not right (at most {most}). No bulk acceptance; narrow the filter or review one by one.",
    ),
    "batch_undone": (
        "Đợt này đã được hoàn tác.",
        "This batch was taken back already.",
    ),
    "threshold_invalid": (
        "Ngưỡng “{value}” không dùng được. Nhập số lớn hơn 0,5 và không quá 1, ví dụ 0,98.",
        "The threshold “{value}” cannot be used. Enter a number above 0.5 and at most 1, for example 0.98.",
    ),
}  # fmt: skip
