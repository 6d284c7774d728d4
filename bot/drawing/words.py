"""The few words that stand inside pictures and files, by language: they are drawn without the text catalogue."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT = "vi"

PICTURE: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "scale": "Tỷ lệ hài lòng (%), thấp nhất ở trên",
        "interval": "Khoảng tin cậy 95%",
        "total": "Tổng số: {n} người trả lời",
        "trend": "Tỷ lệ hài lòng (%) qua các kỳ",
        "band": "Dải nhạt: khoảng tin cậy 95%. Số nhỏ: số người trả lời",
        "gap": "Chỗ trống: chưa đủ phiếu",
        "heat": "Càng đậm càng thấp. Dòng nhỏ: khoảng tin cậy 95%",
        "left_out": "Chỉ vẽ {shown} dòng thấp nhất trong {all}",
    },
    "en": {
        "scale": "Satisfied (%), lowest first",
        "interval": "95% confidence interval",
        "total": "Total: {n} respondents",
        "trend": "Satisfied (%) over time",
        "band": "Pale band: 95% interval. Small numbers: respondents",
        "gap": "Gaps: not enough answers",
        "heat": "The darker, the lower. Small lines: 95% interval",
        "left_out": "Only the lowest {shown} of {all} are drawn",
    },
}

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "code": "Mã",
        "unit": "Đơn vị",
        "level": "Cấp",
        "period": "Kỳ",
        "n": "Số người trả lời",
        "procedure": "Thủ tục",
        "score": "Tỷ lệ hài lòng (%)",
        "low": "Cận dưới 95%",
        "high": "Cận trên 95%",
        "_low": "{factor}: cận dưới 95%",
        "_high": "{factor}: cận trên 95%",
        "_n": "{factor}: số người",
        "_score": "{factor} (%)",
        "unit_code": "Mã đơn vị",
        "scope": "Phạm vi",
        "from": "Từ ngày",
        "to": "Đến ngày",
        "closed": "Đã chốt",
        "survey": "Phiếu",
        "step": "Bản",
        "method": "Cách tính",
        "kind": "Loại",
        "answers": "Số câu trả lời",
        "reason": "Vì sao trống",
        "bound": "Giới hạn",
    },
    "en": {
        "code": "Code",
        "unit": "Unit",
        "level": "Level",
        "period": "Period",
        "n": "Respondents",
        "procedure": "Procedure",
        "score": "Satisfied (%)",
        "low": "95% low",
        "high": "95% high",
        "_low": "{factor}: 95% low",
        "_high": "{factor}: 95% high",
        "_n": "{factor}: respondents",
        "_score": "{factor} (%)",
        "unit_code": "Unit code",
        "scope": "Scope",
        "from": "From",
        "to": "To",
        "closed": "Closed",
        "survey": "Questionnaire",
        "step": "Step",
        "method": "Method",
        "kind": "Kind",
        "answers": "Answers",
        "reason": "Why empty",
        "bound": "Bound",
    },
}

LEVELS: Mapping[str, Mapping[str, str]] = {
    "vi": {"province": "tỉnh", "department": "sở, ngành", "district": "huyện", "commune": "xã"},
    "en": {"province": "province", "department": "department", "district": "district", "commune": "commune"},
}

SHEETS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "scores": "Điểm",
        "chart": "Biểu đồ",
        "figures": "Chi tiết",
        "responses": "Phiếu",
        "codes": "Giải thích mã",
        "procedures": "Theo thủ tục",
    },
    "en": {
        "scores": "Scores",
        "chart": "Chart",
        "figures": "Figures",
        "responses": "Responses",
        "codes": "Codes",
        "procedures": "By procedure",
    },
}

CODES: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "column": "cột",
        "survey": "phiếu",
        "version": "bản",
        "question": "câu hỏi",
        "values": "giá trị",
        "dk": "dk = không có ý kiến",
        "words": "lời người dân, đã che số điện thoại và giấy tờ",
        "day": "ngày địa phương gửi phiếu lần đầu",
        "unit_code": "mã đơn vị tiếp nhận",
        "unit": "tên đơn vị tiếp nhận",
        "procedure_group": "nhóm thủ tục",
        "channel": "kênh trả lời",
        "language": "ngôn ngữ",
        "provenance": "verified = có mã hồ sơ; walk_in = tự đến; assisted = có người giúp",
        "disposition": "complete = đã gửi; partial = trả lời dở",
        "counted": "1 = được tính vào điểm; 0 = không tính",
    },
    "en": {
        "column": "column",
        "survey": "questionnaire",
        "version": "version",
        "question": "question",
        "values": "values",
        "dk": "dk = no opinion",
        "words": "the citizen's own words, phone and paper numbers masked",
        "day": "local day on which the answers were first sent",
        "unit_code": "code of the receiving unit",
        "unit": "name of the receiving unit",
        "procedure_group": "group of procedures",
        "channel": "channel of the answers",
        "language": "language",
        "provenance": "verified = tied to a dossier; walk_in = came by herself; assisted = somebody helped",
        "disposition": "complete = sent; partial = left unfinished",
        "counted": "1 = counted in the scores; 0 = not counted",
    },
}


def words(table: Mapping[str, Mapping[str, str]], language: object) -> Mapping[str, str]:
    """The words of a language; Vietnamese for one that has none."""
    return table.get(str(language)) or table[DEFAULT]


def decimal(value: float, digits: int, language: object) -> str:
    """75.66 as "75,7" in Vietnamese, "75.7" in English; 1204 as "1.204" or "1,204"."""
    text = f"{value:,.{digits}f}"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))
