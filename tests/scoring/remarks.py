"""Made-up comments: what people write under a survey, from one word to a sentence of their own."""

from __future__ import annotations

import unicodedata

import numpy as np

SHORT = (
    "tốt", "Tốt", "ok", "OK", "oke", "hài lòng", "Hài lòng", "rất tốt", "không có ý kiến gì", "Không", "không có",
    "khong co y kien", "cảm ơn", "cám ơn cán bộ", "bình thường", "được", "tạm được", "tot", "hai long", "👍", "nhanh",
    "cán bộ nhiệt tình", "Không có góp ý", "rất hài lòng",
)  # fmt: skip
MEDIUM = (
    "cán bộ nhiệt tình, hướng dẫn tận tình", "cán bộ vui vẻ, nhiệt tình", "thủ tục nhanh gọn, cán bộ nhiệt tình",
    "mong cơ quan phát huy hơn nữa", "cần giải quyết hồ sơ nhanh hơn", "thái độ phục vụ tốt, nhanh chóng",
    "đề nghị bố trí thêm chỗ ngồi chờ", "chờ lâu quá, nên có thêm người", "nên có thêm ghế cho người già",
    "cán bộ hướng dẫn chưa rõ ràng lắm", "hồ sơ trả đúng hẹn, cảm ơn cán bộ", "làm việc nhanh, không phải đi lại nhiều",
    "chỗ để xe hơi chật, cần mở rộng", "mong được trả kết quả sớm hơn hẹn", "tôi rất hài lòng với cách phục vụ",
    "phục vụ tốt, không có ý kiến gì thêm", "các anh chị làm việc rất chuyên nghiệp", "nói chung là tốt, cần phát huy",
)  # fmt: skip
WHO = (
    "chị ở quầy số 2", "anh cán bộ tư pháp", "cô tiếp nhận hồ sơ", "cán bộ địa chính", "người ở bàn hướng dẫn",
    "mấy em đoàn viên", "bộ phận một cửa", "chị văn thư", "anh bên đất đai", "cán bộ hộ tịch", "em ở quầy bảo hiểm",
)  # fmt: skip
DID = (
    "giải thích cặn kẽ", "nói năng nhỏ nhẹ", "hướng dẫn tôi điền tờ khai",
    "bắt tôi về lấy thêm giấy", "chỉ chỗ từng bước",
    "cho số rồi đi đâu mất", "nhận hồ sơ ngay không phải chờ", "hẹn tôi tuần sau quay lại", "kiểm tra giấy tờ rất kỹ",
    "in giúp tôi tờ đơn", "không nhìn dân khi nói chuyện", "gọi điện báo khi có kết quả", "trả kết quả trước hẹn",
)  # fmt: skip
ABOUT = (
    "khi tôi làm khai sinh cho cháu", "lúc tôi xin xác nhận độc thân", "về việc tách thửa của nhà tôi",
    "hôm tôi đổi sổ đỏ",
    "khi làm chế độ cho mẹ tôi", "lúc chứng thực bản sao", "khi đăng ký tạm trú",
    "về giấy phép xây nhà", "hôm chợ phiên đông",
    "khi xin trợ cấp cho ông cụ", "lúc nộp hồ sơ hộ kinh doanh", "khi tôi khai tử cho bố",
)  # fmt: skip
WISH = (
    "mong xã có thêm máy lấy số", "nên mở cửa sớm hơn buổi sáng", "đề nghị thêm quạt ở phòng chờ",
    "cảm ơn các anh chị nhiều",
    "mong bớt giấy tờ đi", "nên nhắn tin khi xong", "tôi thấy vậy là được", "lần sau mong nhanh hơn", "xin ghi nhận",
    "nên để nước uống cho người chờ", "tôi già rồi đi lại khó", "máy tính hay bị treo quá",
)  # fmt: skip
TOPICS = (
    ("bãi gửi xe chật quá, mưa là ướt hết", "chỗ gửi xe chật quá", "bãi xe chật, mưa ướt hết xe"),
    ("máy lấy số hỏng mấy tuần nay chưa sửa", "máy lấy số hỏng rồi", "cái máy lấy số hỏng mấy tuần chưa ai sửa"),
    ("nhà vệ sinh bẩn cần dọn thường xuyên", "nhà vệ sinh bẩn quá", "nhà vệ sinh bẩn, nên dọn thường xuyên hơn"),
    (
        "buổi chiều hay đóng cửa sớm trước giờ",
        "chiều hay đóng cửa sớm",
        "chiều đóng cửa sớm trước giờ làm dân mất công",
    ),
)


def plain(words: str) -> str:
    """As typed without accents."""
    taken = unicodedata.normalize("NFD", words.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in taken if not unicodedata.combining(letter))


def own_words(rng: np.random.Generator) -> str:
    """A sentence of one's own, of some 15 words."""
    parts = [str(rng.choice(WHO)), str(rng.choice(DID))]
    if rng.random() < 0.7:
        parts.append(str(rng.choice(ABOUT)))
    if rng.random() < 0.6:
        parts[-1] += ", " + str(rng.choice(WISH))
    return " ".join(parts)


def typed(words: str, rng: np.random.Generator) -> str:
    """The same words as one of many people types them."""
    if rng.random() < 0.2:
        words = plain(words)
    if rng.random() < 0.4:
        words = words[:1].upper() + words[1:]
    return words + str(rng.choice(["", "", "", ".", "!", " ạ", " nhé"]))


def remark(topic: tuple[str, ...] | None, rng: np.random.Generator) -> str:
    """What an honest person writes; where an office has a `topic`, some write of it in nearly the same words."""
    kind = rng.random()
    if topic and kind < 0.15:
        return typed(str(rng.choice(topic)), rng)
    if kind < 0.5:
        return typed(SHORT[min(int(rng.exponential(7)), len(SHORT) - 1)], rng)
    if kind < 0.75:
        return typed(MEDIUM[min(int(rng.exponential(6)), len(MEDIUM) - 1)], rng)
    return typed(own_words(rng), rng)


def reworded(words: str, much: float, rng: np.random.Generator) -> str:
    """A copy with each word left out, doubled by another or kept: `much` is the share of words touched."""
    kept: list[str] = []
    for word in words.split():
        if rng.random() >= much:
            kept.append(word)
        elif rng.random() < 0.5:
            kept.append(str(rng.choice(["rất", "cũng", "đã", "thì", "là", "nhiều", "lắm", "các"])))
    return typed(" ".join(kept), rng)
