"""Free text holds no personal data: what is labelled is refused, what only looks like it may be confirmed."""

import pytest

from operations.domain.screening import text_problems

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "text",
    [
        "паспорт серии АВ № 1234567",
        "Паспорт: 4510 123456",
        "удостоверение личности № 034567891",
        "passport No. N1234567",
        "свидетельство о рождении № 123456",
        "ИИН 900101300123",
        "ПИН: 12345678901234",
        "СНИЛС 112-233-445 95",
        "гр. Иванов И. И. задержан",
        "гр-ка Петрова А.",
        "гр-ну ПЕТРОВУ А. А. отказано",
        "гражданином Қасымовым Ә. Б. подано",
        "Гражданке Ивановой Анне Сергеевне отказано",
        "citizen Petrov, A. was sent back",
        "1985 г.р., 12.03.1985 рожд.",
        "дата рождения: 12.03.1985",
        "родился 12.03.1985, дата рождения 1985-03-12",
        "born 12/03/1985",
        "писать на ivanov@example.org",
        "карта 4111 1111 1111 1111",
    ],
)
def test_labelled_personal_data_is_refused(text: str):
    found = list(text_problems(text, field="note"))
    assert found, text
    assert all(problem.blocks and problem.field == "note" for problem in found)


@pytest.mark.parametrize(
    "text",
    [
        "Отработано с Ивановым Петром Сергеевичем",
        "Заявление Анны Сергеевны Петровой",
        "Мамедов Али оглы",
        "Нурлан Асанұлы",
        "Раҳимзода Ф. М.",
        "Петрова-Иванова А. А.",
        "предъявлен 4510 123456",
        "документ AB1234567 проверен",
        "Сверил Петров И. И.",
        "И.И. Петров сверил",
        "Иванов Иван Иванович",
        "номер 123456789012",
        "+7 (495) 123-45-67",
    ],
)
def test_what_looks_like_personal_data_is_a_warning(text: str):
    found = list(text_problems(text))
    assert found, text
    assert {problem.code for problem in found} == {"looks_personal"}
    assert not any(problem.blocks for problem in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Учёт ведётся с мая 2026 года",
        "Данные за 15 дней, 1 234 567 проверок",
        "Постановление суда вынесено после окончания этапа",
        "Сумма 12 500 000,00 руб. взыскана в июле",
        "Паспорта проверялись на 12 объектах",
        "Сведения по приказу № 123 от 12.03.2026",
        "The register starts in May; 250 000 records",
        "Граждане Республики Казахстан учтены отдельно",
        "Гражданин Российской Федерации не учитывается",
        "Всего 2026 год: 123 456 записей; в 2025 году 654 321",
        "Приложение к приказу № 1234-П от 2026 года",
        "Ростовский областной суд, Нижний Новгород, Кривой Рог",
        "Данные уточнены. Приказ МВД № 7, УВД и ГУМВ",
    ],
)
def test_an_ordinary_explanation_passes(text: str):
    assert list(text_problems(text)) == []


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\u200bb", "\ud800"])
def test_invisible_and_control_characters_are_refused(text: str):
    assert [problem.code for problem in text_problems(text)] == ["control_characters"]


def test_a_text_that_is_too_long_says_how_long_it_may_be():
    [problem] = text_problems("ж" * 501, longest=500)
    assert problem.code == "too_long"
    assert "500" in str(problem.message)
