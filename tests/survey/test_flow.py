"""Single turns: what a person does, and what the session and the screen are then."""

from __future__ import annotations

from datetime import date

import pytest

from survey.flow import order, progress, start, step
from survey.model import (
    DONE,
    NEXT,
    Ask,
    AskConsent,
    Back,
    Begin,
    Edit,
    Event,
    Explain,
    Finish,
    Noted,
    Pressed,
    Quit,
    Refused,
    Resume,
    Review,
    Said,
    Skip,
    Submit,
)
from survey.screens import failures, form_of, screen
from survey.text import MASK, MAX_TEXT
from tests.survey.build import label, one, question, scale, small, survey
from tests.survey.rules import play

SMALL = small()
GOOD = (Begin(), Pressed("overall", "4"), Pressed("ontime", "ontime"), Pressed("result", "5"))
"""Leads to the note: nothing was low, nothing late."""
TO_REVIEW: tuple[Event, ...] = (*GOOD, Pressed("about", NEXT), Said("2"), Said("tốt"))

TICKING: tuple[Event, ...] = (Begin(), Pressed("overall", "2"), Pressed("ontime", "early"), Pressed("result", "4"))
"""Leads to the boxes to tick."""


def shows(events: tuple[Event, ...]) -> list[str]:
    """The effects of the last turn in short: asked questions by name, explanations by reason."""
    return [_short(effect) for effect in play(SMALL, events)[1]]


def _short(effect: object) -> str:
    match effect:
        case Ask(asked, number, total):
            return f"{asked.name} {number}/{total}"
        case Explain(reason):
            return reason
        case Noted(asked, number, answer):
            return f"✓{number} {asked.name}={answer}"
    return type(effect).__name__


# --- consent ---


@pytest.mark.parametrize(
    "event", [Said("4"), Pressed("overall", "4"), Skip("overall"), Back(), Edit("overall"), Submit(), Resume()]
)
def test_before_consent_nothing_is_taken(event: Event) -> None:
    session, effects = play(SMALL, [event])
    assert (session, effects) == (start(SMALL, "s"), (AskConsent(),))


def test_declining_and_thinking_again() -> None:
    assert play(SMALL, [Quit()])[1] == (Refused(),)
    assert play(SMALL, [Quit(), Said("4")])[1] == (Refused(),)
    assert shows((Quit(), Begin())) == ["overall 1/5"]


def test_a_session_of_another_version_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="survey test 2"):
        step(survey(question("a", "text"), version="2"), start(SMALL, "s"), Begin())


# --- the way through ---


def test_the_way_through() -> None:
    assert shows((Begin(), Said("hài lòng"))) == ["✓1 overall=4", "ontime 2/5"]
    session, effects = play(SMALL, (*TO_REVIEW, Submit()))
    assert (session.place, effects) == ("finished", (Finish(),))
    assert session.answers == {"overall": "4", "ontime": "ontime", "result": "5", "trips": 2, "comment": "tốt"}


def test_the_total_counts_what_applies_and_no_notes() -> None:
    assert [a.name for a in order(SMALL, start(SMALL, "s"))] == [
        "overall",
        "ontime",
        "result",
        "about",
        "trips",
        "comment",
    ]
    assert shows((Begin(),)) == ["overall 1/5"]
    assert shows((Begin(), Pressed("overall", "1"))) == ["✓1 overall=1", "ontime 2/6"]
    assert shows((Begin(), Pressed("overall", "4"), Pressed("ontime", "none"))) == ["✓2 ontime=none", "about 2/4"]
    assert shows(GOOD) == ["✓3 result=5", "about 3/5"]


def test_progress() -> None:
    assert progress(SMALL, start(SMALL, "s")) == (0, 5)
    assert progress(SMALL, play(SMALL, GOOD)[0]) == (3, 5)
    assert progress(SMALL, play(SMALL, TO_REVIEW)[0]) == (5, 5)
    assert progress(SMALL, play(SMALL, (*TO_REVIEW, Submit()))[0]) == (5, 5)
    assert progress(SMALL, play(SMALL, (Begin(), Quit()))[0]) == (0, 5)


@pytest.mark.parametrize(
    "events",
    [(), (Quit(),), (Begin(),), (*GOOD, Quit()), TO_REVIEW, (*TO_REVIEW, Submit()), (*TICKING, Pressed("why", "wait"))],
)
def test_the_screen_of_a_session_is_what_resuming_shows(events: tuple[Event, ...]) -> None:
    session = play(SMALL, events)[0]
    assert (screen(form_of(SMALL, session), session),) == step(SMALL, session, Resume())[1]


def test_a_note_first_has_number_one() -> None:
    form = survey(question("hello", "note"), question("a", "text"))
    asked = step(form, start(form, "s"), Begin())[1][0]
    assert isinstance(asked, Ask)
    assert (asked.question.name, asked.number, asked.total) == ("hello", 1, 1)


def test_beginning_twice_or_resuming_shows_the_same_screen() -> None:
    assert shows((*GOOD, Begin())) == shows((*GOOD, Resume())) == ["about 3/5"]
    assert shows((*TO_REVIEW, Resume())) == ["Review"]


def test_the_review_lists_answers_and_skips_without_notes() -> None:
    effects = play(SMALL, (*GOOD, Pressed("about", NEXT), Skip("trips"), Said("tốt")))[1]
    assert isinstance(effects[-1], Review)
    assert [(asked.name, answer) for asked, answer in effects[-1].lines] == [
        ("overall", "4"), ("ontime", "ontime"), ("result", "5"), ("trips", None), ("comment", "tốt"),
    ]  # fmt: skip


# --- typed text ---


def test_unclear_text_gets_a_hint_then_buttons_then_later() -> None:
    assert shows((Begin(), Said("xyz"))) == ["unclear"]
    assert shows((Begin(), Said("xyz"), Said("xyz"))) == ["unclear_again", "overall 1/5"]
    assert shows((Begin(), *[Said("xyz")] * 3)) == ["later", "overall 1/5"]
    assert shows((Begin(), *[Said("xyz")] * 9)) == ["later", "overall 1/5"]
    assert shows((Begin(), Said("xyz"), Said("4"), Said("xyz"))) == ["unclear"]


def test_text_at_the_review_is_unclear() -> None:
    assert shows((*TO_REVIEW, Said("gửi"))) == ["unclear"]
    assert shows((*TO_REVIEW, Said("gửi"), Said("gửi"))) == ["unclear_again", "Review"]


def test_too_long_is_said_and_nothing_is_stored() -> None:
    before = (*GOOD, Pressed("about", NEXT), Said("2"))
    session, effects = play(SMALL, (*before, Said("ồ" * (MAX_TEXT + 1))))
    assert (_short(effects[0]), session) == ("too_long", play(SMALL, before)[0])
    assert play(SMALL, (*before, Said("ồ" * MAX_TEXT)))[0].answers["comment"] == "ồ" * MAX_TEXT


def test_a_comment_is_masked_before_it_is_stored() -> None:
    session, effects = play(SMALL, (*GOOD, Pressed("about", NEXT), Said("2"), Said("gọi tôi 0912 345 678")))
    assert session.answers["comment"] == f"gọi tôi {MASK}"
    assert "0912" not in repr(effects)


def test_a_constraint_says_the_form_message() -> None:
    session, effects = play(SMALL, (*GOOD, Pressed("about", NEXT), Said("21")))
    assert effects[0] == Explain("constraint", label("1 đến 20"))
    assert "trips" not in session.answers


# --- skipping ---


def test_a_required_question_cannot_be_skipped() -> None:
    assert shows((Begin(), Skip("overall"))) == ["required", "overall 1/5"]


def test_skipping_and_the_second_tap() -> None:
    skipped = (Begin(), Pressed("overall", "4"), Skip("ontime"))
    assert shows(skipped) == ["result 3/5"]
    assert shows((*skipped, Skip("ontime"))) == ["result 3/5"]
    assert shows((*skipped, Skip("overall"))) == ["old_button", "result 3/5"]
    assert shows((*skipped, Skip("nothing"))) == ["old_button", "result 3/5"]


def test_a_skip_after_going_back_takes_the_answer_away() -> None:
    session, _ = play(
        SMALL, (Begin(), Pressed("overall", "4"), Pressed("ontime", "late"), Back("result"), Skip("ontime"))
    )
    assert (session.answers, session.current) == ({"overall": "4"}, "result")
    assert session.skipped == {"ontime"}


# --- presses on other questions ---


def test_an_old_button_corrects_its_own_question_and_the_open_one_stays() -> None:
    assert shows((*GOOD, Pressed("overall", "5"))) == ["✓1 overall=5", "about 3/5"]
    session, _ = play(SMALL, (*GOOD, Pressed("overall", "5")))
    assert session.answers == {"overall": "5", "ontime": "ontime", "result": "5"}


def test_the_second_tap_gives_the_same_screen() -> None:
    once = (Begin(), Pressed("overall", "4"))
    assert play(SMALL, once) == play(SMALL, (*once, Pressed("overall", "4")))


def test_a_skipped_question_can_still_be_answered_from_its_bubble() -> None:
    session, _ = play(SMALL, (Begin(), Pressed("overall", "4"), Skip("ontime"), Pressed("ontime", "late")))
    assert (session.answers["ontime"], session.skipped, session.current) == ("late", frozenset(), "result")


def test_a_correction_at_the_review_returns_to_it_or_asks_what_it_opened() -> None:
    assert shows((*TO_REVIEW, Pressed("overall", "5"))) == ["✓1 overall=5", "Review"]
    assert shows((*TO_REVIEW, Pressed("ontime", "late"))) == ["✓2 ontime=late", "sorry 4/6"]


@pytest.mark.parametrize(
    "event",
    [
        Pressed("nothing", "4"),
        Pressed("overall", "9"),
        Pressed("result", "4"),
        Pressed("sorry", "yes"),
        Pressed("ontime", "9"),
        Pressed("comment", "x"),
        Pressed("why", "wait"),
        Pressed("why", DONE),
        Submit(),
        Edit("result"),
        Edit("nothing"),
    ],
)
def test_other_buttons_are_refused_politely(event: Event) -> None:
    before = (Begin(), Pressed("overall", "4"))
    session, effects = play(SMALL, (*before, event))
    assert session == play(SMALL, before)[0]
    assert [_short(effect) for effect in effects] == ["old_button", "ontime 2/5"]


def test_a_press_of_the_open_question_must_name_a_choice() -> None:
    assert shows((Begin(), Pressed("overall", "9"))) == ["old_button", "overall 1/5"]


# --- branches ---


def test_answers_on_a_branch_that_closes_are_dropped() -> None:
    late = (Begin(), Pressed("overall", "4"), Pressed("ontime", "late"), Pressed("result", "2"), Pressed("sorry", "no"))
    assert play(SMALL, late)[0].answers == {"overall": "4", "ontime": "late", "result": "2", "sorry": "no"}
    session, effects = play(SMALL, (*late, Pressed("ontime", "refused")))
    assert session.answers == {"overall": "4", "ontime": "refused"}
    assert [_short(effect) for effect in effects] == ["✓2 ontime=refused", "about 2/4"]


def test_ticks_go_with_the_question_that_closes() -> None:
    ticking = (
        Begin(),
        Pressed("overall", "2"),
        Pressed("ontime", "early"),
        Pressed("result", "4"),
        Pressed("why", "wait"),
    )
    assert play(SMALL, (*ticking, Pressed("ontime", "none")))[0].picked == ("wait",)
    session = play(SMALL, (*ticking, Pressed("overall", "4")))[0]
    assert (session.current, session.picked) == ("about", ())


# --- several choices ---


def test_ticking_and_done() -> None:
    session, effects = play(SMALL, (*TICKING, Pressed("why", "papers"), Pressed("why", "wait")))
    assert isinstance(effects[0], Ask)
    assert session.picked == effects[0].picked == ("wait", "papers")
    assert "why" not in session.answers
    assert play(SMALL, (*TICKING, Pressed("why", "wait"), Pressed("why", "wait")))[0].picked == ()
    done = (*TICKING, Pressed("why", "wait"), Pressed("why", DONE))
    assert shows(done) == ["✓4 why=('wait',)", "about 4/6"]
    assert shows((*done, Pressed("why", DONE))) == ["about 4/6"]
    assert shows((*done, Pressed("why", "staff"))) == ["old_button", "about 4/6"]


def test_no_opinion_stands_alone() -> None:
    assert play(SMALL, (*TICKING, Pressed("why", "wait"), Pressed("why", "dk")))[0].picked == ("dk",)
    assert play(SMALL, (*TICKING, Pressed("why", "dk"), Pressed("why", "wait")))[0].picked == ("wait",)


def test_done_with_nothing_ticked_is_a_skip() -> None:
    assert play(SMALL, (*TICKING, Pressed("why", DONE)))[0].skipped == {"why"}
    must = survey(question("why", "select_multiple", choices=SMALL.questions[4].choices, required=True))
    assert play(must, (Begin(), Pressed("why", DONE)))[1][0] == Explain("required")


def test_a_box_that_does_not_exist() -> None:
    assert shows((*TICKING, Pressed("why", "x"))) == ["old_button", "why 4/6"]


def test_going_back_shows_the_ticks_again() -> None:
    session, _ = play(SMALL, (*TICKING, Pressed("why", "wait"), Pressed("why", DONE), Back("about")))
    assert (session.current, session.picked) == ("why", ("wait",))


def test_typed_choices_end_the_question() -> None:
    assert play(SMALL, (*TICKING, Said("1, 3")))[0].answers["why"] == ("wait", "papers")


# --- notes ---


def test_a_note_goes_on_by_its_button_or_a_word_and_a_second_tap_is_calm() -> None:
    assert shows((*GOOD, Pressed("about", NEXT))) == ["trips 4/5"]
    assert shows((*GOOD, Said("tiếp"))) == ["trips 4/5"]
    assert shows((*GOOD, Skip("about"))) == ["trips 4/5"]
    assert shows((*GOOD, Pressed("about", NEXT), Pressed("about", NEXT))) == ["trips 4/5"]
    assert shows((*GOOD, Pressed("about", NEXT), Pressed("about", "x"))) == ["old_button", "trips 4/5"]


# --- back and edit ---


def test_back_goes_one_question_and_its_second_tap_does_not_go_two() -> None:
    assert shows((*GOOD, Back("about"))) == ["result 3/5"]
    assert shows((*GOOD, Back("about"), Back("about"))) == ["result 3/5"]
    assert shows((*GOOD, Back())) == ["result 3/5"]
    assert shows((Begin(), Back())) == ["overall 1/5"]
    assert shows((*TO_REVIEW, Back())) == ["comment 5/5"]
    assert shows((*TO_REVIEW, Back(), Back())) == ["trips 4/5"]


def test_after_going_back_the_first_open_question_is_next() -> None:
    assert shows((*GOOD, Back("about"), Back("result"), Pressed("ontime", "early"))) == ["✓2 ontime=early", "about 3/5"]


def test_edit_from_the_review_returns_to_the_review() -> None:
    session, effects = play(SMALL, (*TO_REVIEW, Edit("trips")))
    assert (session.returning, [_short(effect) for effect in effects]) == (True, ["trips 4/5"])
    assert shows((*TO_REVIEW, Edit("trips"), Said("3"))) == ["✓4 trips=3", "Review"]
    assert shows((*TO_REVIEW, Edit("trips"), Back("trips"))) == ["Review"]
    assert play(SMALL, (*TO_REVIEW, Edit("trips"), Back("trips")))[0] == play(SMALL, TO_REVIEW)[0]
    assert shows((*TO_REVIEW, Edit("trips"), Edit("overall"), Pressed("overall", "3"))) == ["✓1 overall=3", "Review"]
    assert shows((*TO_REVIEW, Edit("about"))) == ["old_button", "Review"]


def test_edit_that_opens_a_branch_asks_it_first() -> None:
    opened = (*TO_REVIEW, Edit("ontime"), Pressed("ontime", "late"))
    assert shows(opened) == ["✓2 ontime=late", "sorry 4/6"]
    assert shows((*opened, Pressed("sorry", "yes"))) == ["✓4 sorry=yes", "Review"]


def test_edit_while_a_branch_is_open_goes_back_by_the_ordinary_way() -> None:
    opened = (*TO_REVIEW, Pressed("ontime", "late"), Edit("result"))
    assert shows((*opened, Back("result"))) == ["ontime 2/6"]
    assert shows((*opened, Pressed("result", "4"))) == ["✓3 result=4", "sorry 4/6"]


# --- the end ---


@pytest.mark.parametrize(
    "event",
    [Begin(), Said("4"), Pressed("overall", "1"), Skip("trips"), Back(), Submit(), Quit(), Resume(), Edit("nothing"),
     Edit("why"), Edit("about")],
)  # fmt: skip
def test_after_the_end_everything_is_calm(event: Event) -> None:
    end = play(SMALL, (*TO_REVIEW, Submit()))[0]
    assert play(SMALL, (*TO_REVIEW, Submit(), event)) == (end, (Explain("finished"),))


def test_an_answer_can_be_corrected_after_the_end() -> None:
    reopened = (*TO_REVIEW, Submit(), Edit("overall"))
    session, _ = play(SMALL, reopened)
    assert (session.place, session.current, session.returning, session.sent) == ("question", "overall", True, True)
    assert shows((*reopened, Pressed("overall", "2"))) == ["✓1 overall=2", "why 4/6"]
    done = (*reopened, Pressed("overall", "3"), Submit())
    assert play(SMALL, done)[1] == (Finish(),)
    assert play(SMALL, done)[0].answers["overall"] == "3"


def test_no_thanks_of_an_old_screen_neither_takes_back_what_was_sent_nor_hides_a_correction() -> None:
    correcting = (*TO_REVIEW, Submit(), Edit("overall"), Pressed("overall", "3"))
    session, effects = play(SMALL, (*correcting, Quit()))
    assert session == play(SMALL, correcting)[0]
    assert effects[0] == Explain("old_button")
    assert isinstance(effects[1], Review)


def test_stopping_forgets_the_answers_and_begin_begins_anew() -> None:
    session, effects = play(SMALL, (*GOOD, Quit()))
    assert (session.place, effects, session.answers, session.skipped) == ("refused", (Refused(),), {}, frozenset())
    assert shows((*GOOD, Quit(), Begin())) == shows((Begin(),))


# --- the day ---


def test_a_question_that_opens_by_date_is_asked_before_sending() -> None:
    form = survey(question("a", "text"), one("b", SMALL.questions[1].choices, relevant="today() >= date('2026-11-23')"))
    session, _ = step(form, play(form, [Begin()])[0], Said("x"), today=date(2026, 11, 22))
    assert session.place == "review"
    later, effects = step(form, session, Submit(), today=date(2026, 11, 23))
    assert (later.place, later.current, _short(effects[0])) == ("question", "b", "b 2/2")
    gone, effects = step(form, later, Resume(), today=date(2026, 11, 22))
    assert _short(effects[0]) == "b 1/1"
    assert step(form, gone, Pressed("b", "late"), today=date(2026, 11, 22))[0].answers == {"a": "x"}
    assert step(form, gone, Back(), today=date(2026, 11, 22))[0].current == "a"


def test_a_failed_condition_is_left_out_and_reported() -> None:
    form = survey(question("a", "text"), question("b", "text", relevant="today() >= date('2026-11-23')"))
    session = play(form, [Begin(), Said("x")])[0]
    assert session.place == "review"
    assert [failure.question for failure in failures(form, session)] == ["b"]
    assert failures(form, session, today=date(2026, 11, 23)) == ()


def test_a_form_whose_questions_all_fall_away_goes_to_the_review() -> None:
    form = survey(scale("a", relevant="1 = 2"))
    session, effects = play(form, [Begin()])
    assert (session.place, effects) == ("review", (Review(()),))
    assert play(form, [Begin(), Back()])[1] == (Review(()),)


# --- small things that must not linger ---


@pytest.mark.parametrize(
    ("before", "event"),
    [
        ((Begin(), Pressed("overall", "4"), Said("xyz")), Pressed("overall", "5")),
        ((Begin(), Pressed("overall", "4"), Said("xyz")), Back("ontime")),
        ((*TO_REVIEW, Said("xyz")), Edit("trips")),
        ((*TICKING, Said("xyz")), Pressed("why", "wait")),
    ],
)
def test_whatever_is_understood_ends_the_count_of_unclear_inputs(before: tuple[Event, ...], event: Event) -> None:
    assert play(SMALL, before)[0].misses == 1
    assert play(SMALL, (*before, event))[0].misses == 0


def test_ticks_do_not_outlive_a_stop() -> None:
    ticked = (*TICKING, Pressed("why", "wait"))
    assert play(SMALL, (*ticked, Quit()))[0].picked == ()
    low = (*TO_REVIEW, Pressed("overall", "2"), Pressed("why", "wait"), Pressed("why", DONE), Submit())
    assert play(SMALL, (*low, Edit("why")))[0].picked == ("wait",)
