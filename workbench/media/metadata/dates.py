"""Times as cameras and programs write them."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_tz

# The standard's colons, or the hyphens and the T of ISO 8601, or none of them; no seconds, or a date alone.
# Some editors write a colon for the sign of the zone: then it is not known. Some write blanks for zeros.
_ZONE = r"(?:\s*(?P<zone>Z|UTC|GMT|[+\-:]\d{2}:?\d{2}|[+\-]\d{2}))?"
_FORMS = tuple(
    re.compile(form + _ZONE, re.ASCII | re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[:\-/.] ?(?P<month>\d{1,2})[:\-/.] ?(?P<day>\d{1,2})"
        r"(?:(?:[T ]+|:)(?:(?P<half>\u4e0a\u5348|\u4e0b\u5348)\s*)?(?P<hour>\d{1,2}): ?(?P<minute>\d{1,2})"
        r"(?:: ?(?P<second>\d{1,2})(?:[.,](?P<part>\d+))?)?(?:\s*(?P<noon>[ap]\.?m\.?))?)?",
        r"(?:D:)?(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:[T ]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:[.,](?P<part>\d+))?)?",
    )
)
_PARTIAL = re.compile(r"(?P<year>\d{4})(?:-?(?P<month>\d{2})(?:-?00)?)?", re.ASCII)
_ADDED = re.compile(r"'(\d\d)'?$")  # 'mm' is how PDF writes the minutes of a zone
_FARTHEST = 14 * 60  # minutes that a zone is from UTC at most
_UNSET = (datetime(1904, 1, 1), datetime(1970, 1, 1))  # noqa: DTZ001, RUF100 - clocks without a zone


@dataclass(frozen=True, slots=True)
class Moment:
    """What a clock shows, and how many minutes it is ahead of UTC, None where that is not known."""

    at: datetime
    zone: int | None = None

    @classmethod
    def parse(cls, text: str, *, partial: bool = False) -> "Moment | None":
        """Return the time that a text says; None where it says none.

        ``partial`` also takes a year or a month alone, as archives write them: its first day.
        """
        text = _ADDED.sub(r"\1", " ".join(text.split()))
        for form in _FORMS:
            if (found := form.fullmatch(text)) and (moment := _moment(found)):
                return moment
        if partial and (found := _PARTIAL.fullmatch(text)):
            return _built(int(found["year"]), int(found["month"] or 1) or 1, 1)
        return _named(text)

    @property
    def is_unset(self) -> bool:
        """Whether it is the zero of the clocks of QuickTime or Unix, which means that nobody knows."""
        utc = None if self.zone is None else self.at - timedelta(minutes=self.zone)
        return self.at in _UNSET or utc in _UNSET

    def at_zone(self, zone: int | None) -> "Moment":
        """Return the same clock in a zone."""
        return replace(self, zone=zone)


def zone_of(text: str | None) -> int | None:
    """Return the minutes ahead of UTC that "+02:00", "+0200", "+02" or "Z" say; None where none."""
    if not text:
        return None
    text = text.strip().upper()
    if text in ("Z", "UTC", "GMT"):
        return 0
    found = re.fullmatch(r"([+\-])(\d{1,2}):?(\d{2})?", text, re.ASCII)
    if found is None:
        return None
    minutes = 60 * int(found[2]) + int(found[3] or 0)
    if minutes > _FARTHEST or int(found[3] or 0) > 59:
        return None
    return -minutes if found[1] == "-" else minutes


def _moment(found: re.Match[str]) -> Moment | None:
    said = found.groupdict()
    year, month, day, hour, minute, second = (
        int(said[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    noon = (said.get("noon") or {"\u4e0a\u5348": "a", "\u4e0b\u5348": "p"}.get(said.get("half") or "", ""))[
        :1
    ]
    if noon.lower() == "p" and hour < 12:
        hour += 12
    elif noon.lower() == "a" and hour == 12:
        hour = 0
    part = int((said["part"] or "0")[:6].ljust(6, "0"))
    return _built(year, month, day, (hour, minute, second, part), zone_of(said["zone"]))


def _built(
    year: int, month: int, day: int, clock: tuple[int, int, int, int] = (0, 0, 0, 0), zone: int | None = None
) -> Moment | None:
    hour, minute, second, part = clock
    ends_a_day = hour == 24 and not (minute or second)
    if (hour > 23 and not ends_a_day) or minute > 59 or second > 60:  # 60 is a leap second
        return None
    try:
        date = datetime(year, month, day)  # noqa: DTZ001, RUF100 - cameras know no zone
        since = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=part)
        return Moment(date + since, zone)
    except (ValueError, OverflowError):
        return None


def _named(text: str) -> Moment | None:
    """Return a time with the name of its month, as in e-mail: "Thu, 04 Mar 2021 05:06:07 +0200"."""
    try:
        said = parsedate_tz(text) if re.search("[A-Za-z]{3}", text) else None
    except (ValueError, TypeError, IndexError):
        return None
    if said is None or said[0] < 1000 or ":" not in text:
        return None
    has_zone = said[9] is not None and re.search(r"[+\-]\d{4}|GMT|UTC|Z$", text) is not None
    zone = (said[9] or 0) // 60 if has_zone else None
    return _built(*said[:3], (*said[3:6], 0), zone if zone is None or abs(zone) <= _FARTHEST else None)
