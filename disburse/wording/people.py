"""The sentences about people, their recipients and hamlets. No logic."""

PEOPLE: dict[str, tuple[str, str]] = {
    "number_unknown": (
        "Không có loại số “{value}”. Hãy chọn lại trên hồ sơ.",
        "There is no number “{value}”. Choose again on the person's page.",
    ),
    "number_missing": (
        "Hồ sơ này chưa có số đó.",
        "This person has no such number.",
    ),
    "case_number_needed": (
        "Hãy ghi số vụ việc kiểm tra, giám sát mà vì đó cần xem số.",
        "Give the number of the case for which the number is needed.",
    ),
    "reveals_spent": (
        "Trong giờ này đã xem đủ {most} số. Hãy chờ, hoặc làm việc với bốn số cuối.",
        "You have seen {most} numbers within this hour. Wait, or work with the last four digits.",
    ),
    # what an officer types
    "person_name_invalid": (
        "Họ tên chỉ gồm chữ tiếng Việt, dấu cách, dấu chấm, gạch nối; không có chữ số. Hãy sửa lại họ tên.",
        "A name has Vietnamese letters, blanks, dots and hyphens only, no digits. Correct the name.",
    ),
    "birth_invalid": (
        "Không đọc được ngày sinh “{value}”. Ghi 12/3/1951, 3/1951 hoặc chỉ năm 1951; không ở tương lai.",
        "The birth date “{value}” cannot be read. Write 12/3/1951, 3/1951 or only 1951; not in the future.",
    ),
    "citizen_id_invalid": (
        "Số CCCD phải đủ 12 chữ số. Kiểm tra lại từng số trên căn cước.",
        "A citizen ID has 12 digits. Check every digit against the card.",
    ),
    "citizen_id_taken": (
        "Số CCCD này đang ghi cho người khác. Kiểm tra lại số; nếu là một người, gộp hai hồ sơ ở mục Gộp trùng.",
        "This citizen ID stands for somebody else. Check the number; if it is one person, merge the two records.",
    ),
    "old_id_invalid": (
        "Số CMND phải có 9 chữ số. Kiểm tra lại.",
        "An old ID has 9 digits. Check it.",
    ),
    "phone_invalid": (
        "Số điện thoại không đúng: 10 chữ số, bắt đầu bằng 0.",
        "The phone number is wrong: 10 digits beginning with 0.",
    ),
    "day_unreadable": (
        "Không đọc được ngày “{value}”. Ghi ngày/tháng/năm, ví dụ 22/11/2026.",
        "The day “{value}” cannot be read. Write day/month/year, for example 22/11/2026.",
    ),
    "month_unreadable": (
        "Không đọc được tháng “{value}”. Ghi tháng/năm, ví dụ 11/2026.",
        "The month “{value}” cannot be read. Write month/year, for example 11/2026.",
    ),
    "day_too_late": (
        "Ngày {day} chưa đến. Chọn ngày không sau {latest}.",
        "The day {day} has not come yet. Choose one not after {latest}.",
    ),
    "note_empty": (
        "Ghi chú còn trống. Hãy ghi điều cần nhớ về người này.",
        "The note is empty. Write what is to be remembered about this person.",
    ),
    "note_too_long": (
        "Ghi chú dài quá {most} ký tự. Hãy viết gọn lại hoặc chia làm hai ghi chú.",
        "The note is longer than {most} characters. Shorten it or write two notes.",
    ),
    "text_number": (
        "Ở đây có một dãy số dài (… {shown}) như số CCCD, điện thoại hoặc tài khoản. Lý do, ghi chú, địa chỉ chỉ ghi "
        "bốn số cuối, ví dụ •••• {shown}.",
        "A long number (… {shown}) such as a citizen ID, a phone or an account stands here. In reasons, notes and "
        "addresses write its last four digits only, for example •••• {shown}.",
    ),
    # acts on a case
    "end_reason_invalid": (
        "Hãy chọn một lý do: đã mất, chuyển đi, thôi hưởng hoặc nhập nhầm.",
        "Choose a reason: dead, moved away, stopped or entered by mistake.",
    ),
    "enrolment_over": (
        "Chế độ này đã kết thúc. Mở lại hồ sơ để xem tình trạng mới.",
        "This enrolment has ended. Open the person's page again to see how it stands.",
    ),
    "enrolment_needed": (
        "Hãy chọn một chế độ trong danh sách.",
        "Choose one of the enrolments.",
    ),
    "before_beginning": (
        "Ngày {day} trước khi bắt đầu hưởng. Kiểm tra lại ngày, hoặc chọn nhập nhầm.",
        "The day {day} lies before the entitlement began. Check it, or choose entered by mistake.",
    ),
    "not_ended_by_hand": (
        "Chế độ này không mở lại được: nó chưa kết thúc, hoặc kết thúc vì danh sách hay chuyển chính sách.",
        "This enrolment cannot be opened again: it has not ended, or a list or a change of programme ended it.",
    ),
    "enrolled_again": (
        "Người này nay đã có chế độ khác cùng chính sách. Kết thúc chế độ đó trước nếu nó sai.",
        "The person has another enrolment of this programme by now. End that one first if it is wrong.",
    ),
    "move_commune": (
        "Hãy chọn xã, phường khác với nơi đang hưởng.",
        "Choose a commune other than the present one.",
    ),
    "move_province": (
        "Chỉ chuyển được trong tỉnh. Người chuyển sang tỉnh khác: bấm Kết thúc, chọn lý do chuyển đi; "
        "nơi đến sẽ nhập mới.",
        "Only inside the province. Of somebody who moves to another, end the enrolment as moved away; "
        "the place they come to enters them.",
    ),
    "move_day": (
        "Ngày chuyển phải từ {earliest} đến {latest}.",
        "The day of the move must lie between {earliest} and {latest}.",
    ),
    "already_suspended": (
        "Chế độ này đang tạm dừng rồi.",
        "This enrolment is suspended already.",
    ),
    "not_suspended": (
        "Chế độ này không tạm dừng.",
        "This enrolment is not suspended.",
    ),
    # questions of lists
    "question_answer_needed": (
        "Hãy chọn một câu trả lời cho các dòng đã đánh dấu.",
        "Choose an answer for the rows that are ticked.",
    ),
    "questions_needed": (
        "Chưa đánh dấu dòng nào, hoặc các dòng đó đã được trả lời. Đánh dấu ít nhất một dòng.",
        "No row is ticked, or those rows are answered by now. Tick at least one.",
    ),
    # recipients and their papers
    "recipient_kind_needed": (
        "Hãy chọn tư cách người nhận.",
        "Choose the capacity in which somebody receives.",
    ),
    "recipient_name_needed": (
        "Hãy ghi họ tên người nhận, hoặc tên tổ chức, cơ sở nuôi dưỡng.",
        "Give the name of the recipient, or of the organisation.",
    ),
    "recipient_minor": (
        "Người nhận thay phải đủ {age} tuổi. Kiểm tra lại ngày sinh.",
        "Somebody who receives for another must be {age}. Check the birth date.",
    ),
    "recipient_cap": (
        "Người này đã nhận thay cho {count} người (tối đa {most}). Nếu vẫn đúng, ghi lý do ngoại lệ.",
        "This person receives for {count} others already (at most {most}). If it is right all the same, say why.",
    ),
    "paper_needed": (
        "Người giám hộ, người được ủy quyền và người nuôi dưỡng phải có giấy tờ: ghi loại giấy và ngày ký.",
        "A guardian, an authorised person and a carer need a paper: give its kind and its date.",
    ),
    "paper_days": (
        "Ngày ký không được ở tương lai, ngày hết hạn phải sau ngày ký và chưa qua.",
        "The paper's date may not lie in the future; its end must come after it and not be over.",
    ),
    "scan_empty": (
        "Chưa chọn tệp, hoặc tệp rỗng. Hãy chọn bản chụp giấy tờ.",
        "No file was chosen, or it is empty. Choose a scan of the paper.",
    ),
    "scan_too_big": (
        "Tệp lớn hơn {most} MB. Chụp lại với độ phân giải thấp hơn hoặc lưu thành PDF.",
        "The file is larger than {most} MB. Scan it again with fewer dots, or save it as PDF.",
    ),
    "scan_kind": (
        "Tệp không phải PDF, PNG hoặc JPEG nguyên vẹn. Mở tệp trên máy, lưu lại rồi thử lại.",
        "The file is no sound PDF, PNG or JPEG. Open it on your computer, save it again and retry.",
    ),
    # duplicates
    "pair_unknown": (
        "Không có cặp hồ sơ này, hoặc đã có người quyết định.",
        "There is no such pair, or somebody has decided by now.",
    ),
    "merge_unknown": (
        "Không có việc gộp này, hoặc đã có người quyết định.",
        "There is no such merge, or somebody has decided by now.",
    ),
    "merged_already": (
        "Một trong hai hồ sơ đã được gộp, hoặc đang chờ người thứ hai đồng ý.",
        "One of the two was merged already, or waits for a second person.",
    ),
    "merge_link_needed": (
        "Cả hai hồ sơ đều có tài khoản. Hãy chọn tài khoản nào được giữ.",
        "Both records have an account. Choose which one stays.",
    ),
    "merge_paid": (
        "Đã có kết quả chi trả theo hồ sơ gộp nên không hoàn tác được. Sửa từng chế độ ở hồ sơ.",
        "Payments were reported on the merged record, so it cannot be undone. Correct the enrolments one by one.",
    ),
    "paper_of_adult": (
        "Người này đã đủ 18 tuổi hoặc chưa rõ ngày sinh: cha, mẹ chỉ nhận thay khi có giấy tờ (giám hộ, ủy quyền). Ghi "
        "loại giấy tờ và ngày ký.",
        "This person is 18 or older, or their birth date is unknown: a parent receives for them only by a paper "
        "(guardianship, authorisation). Enter its kind and its day.",
    ),
    "recipient_change_open": (
        "Đã có đề nghị đổi người nhận của chế độ này, đang chờ người thứ hai duyệt ở mục Thay tài khoản.",
        "A change of who receives here is waiting already: a second person must approve it under Changes of account.",
    ),
    "recipient_change_unknown": (
        "Không tìm thấy đề nghị đổi người nhận này, hoặc đã được xử lý.",
        "This change of recipient was not found, or has been dealt with.",
    ),
    "recipient_changed": (
        "Người nhận đã đổi từ khi có đề nghị này. Không duyệt đề nghị, rồi lập đề nghị mới nếu cần.",
        "Somebody else receives since this was proposed. Turn it down, and propose anew if need be.",
    ),
    "list_own_recipient": (
        "Người nhận hiện nay có tài khoản đã được ngân hàng xác nhận, và danh sách này do chính anh/chị nhập. Nhờ một "
        "cán bộ khác trả lời câu hỏi này.",
        "The present recipient's account is confirmed, and this is a list of your own. Ask another officer to answer "
        "this question.",
    ),
    "merge_on_top": (
        "Hồ sơ này đã được gộp thêm một lần nữa. Hoàn tác lần gộp sau trước.",
        "This record was merged once more since. Undo the later merge first.",
    ),
    "merge_link_since": (
        "Từ khi gộp, hồ sơ chung có thêm tài khoản {account}, chưa rõ là của ai trong hai người. Ngừng hoặc rút tài "
        "khoản đó ở hồ sơ, rồi hoàn tác; sau đó ghép lại cho đúng người.",
        "Since the merge the record was given the account {account}; nobody can tell whose of the two it is. End that "
        "account on the person's page, then undo, and link it to the right one.",
    ),
    "merge_number_since": (
        "Từ khi gộp, số định danh của người kia đã được ghi cho hồ sơ khác của {name}. Gộp hồ sơ đó vào hồ sơ chung "
        "hoặc sửa số của hồ sơ đó, rồi hoàn tác.",
        "Since the merge the other's citizen ID was written down for another record, of {name}. Correct the number "
        "there or merge that record too, then undo.",
    ),
    "merge_enrolment_since": (
        "Từ khi gộp, hồ sơ chung có thêm chế độ {programme} từ ngày {day}, chưa rõ là của ai trong hai người. Ghi chế "
        "độ đó là nhập nhầm, rồi hoàn tác; sau đó nhập lại cho đúng người.",
        "Since the merge the record began {programme} on {day}; nobody can tell whose of the two it is. Record it as "
        "entered by mistake, then undo, and enter it again for the right one.",
    ),
    "merge_recipient_since": (
        "Từ khi gộp, hồ sơ chung đã thành người nhận thay cho {name}, chưa rõ là ai trong hai người. Đổi người nhận "
        "của {name} trước, rồi hoàn tác.",
        "Since the merge the record receives for {name}; nobody can tell which of the two it is. Change who receives "
        "for {name} first, then undo.",
    ),
    "parting_open": (
        "Đã có người đề nghị hoàn tác lần gộp này; đang chờ người thứ hai đồng ý.",
        "Somebody has asked to undo this merge already; a second person must agree.",
    ),
    "merge_choice_needed": (
        "Hãy chọn hồ sơ được giữ, hoặc chọn không phải một người.",
        "Choose the record that stays, or say that they are two people.",
    ),
    # hamlets
    "hamlet_name": (
        "Hãy ghi tên thôn, tổ dân phố.",
        "Give the name of the hamlet.",
    ),
    "hamlet_exists": (
        "{name} đã có trong danh mục của xã đó. Dùng tên khác, hoặc ghi là cách viết khác.",
        "{name} is in that commune's register already. Use another name, or enter it as another spelling.",
    ),
    "hamlet_merge": (
        "Hãy chọn một thôn khác của cùng xã, phường và chưa nhập vào thôn nào.",
        "Choose another hamlet of the same commune that was not taken in itself.",
    ),
}
