const MINUTE_MS = 60_000
const QUARTER_MS = 15 * MINUTE_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday. */
const WEEKDAY_OF_EPOCH = 3

/**
 * The local time of one IANA time zone, such as `Europe/Berlin`, with its changes of offset. The offsets are
 * those of `Intl`, so they are as new as the time-zone data of Node.
 */
export class TimeZone {
  readonly name: string
  readonly #format: Intl.DateTimeFormat
  /** Hours of the week by quarter of an hour: `Intl` takes 25 µs, and there are many calls in each. */
  readonly #hoursOfWeek = new Map<number, number>()

  /** @throws {RangeError} when no time zone has this name */
  constructor(name: string) {
    this.name = name
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** The local time at an instant, as the instant at which UTC shows the same date and time. */
  localMs(atMs: number): number {
    const parts = new Map(this.#format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]))
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  }

  /** 0 is the hour from Monday 0:00 to 1:00 local time, 167 the last one of Sunday. */
  hourOfWeek(atMs: number): number {
    // Since 1972 all offsets are multiples of 15 minutes, so a quarter of an hour is in one local hour.
    const quarter = Math.floor(atMs / QUARTER_MS)
    const known = this.#hoursOfWeek.get(quarter)
    if (known !== undefined) return known
    const hours = Math.floor(this.localMs(quarter * QUARTER_MS) / HOUR_MS) + 24 * WEEKDAY_OF_EPOCH
    const hourOfWeek = ((hours % 168) + 168) % 168
    this.#hoursOfWeek.set(quarter, hourOfWeek)
    return hourOfWeek
  }

  /** The first instant of the local day that contains an instant, plus a number of days. */
  startOfDay(atMs: number, plusDays = 0): number {
    return this.#firstInstantOf(Math.floor(this.localMs(atMs) / DAY_MS) + plusDays)
  }

  /** The first instant of the local week, which begins on Monday (ISO 8601), plus a number of weeks. */
  startOfWeek(atMs: number, plusWeeks = 0): number {
    const day = Math.floor(this.localMs(atMs) / DAY_MS)
    const weekday = (((day + WEEKDAY_OF_EPOCH) % 7) + 7) % 7
    return this.#firstInstantOf(day - weekday + 7 * plusWeeks)
  }

  /**
   * The first instant of a local day, which may not be 0:00: in some zones clocks go from 23:59 to 1:00.
   * Either the offset of the day before or that of the day after holds at the start of the day.
   * @param day counted from 1970-01-01
   */
  #firstInstantOf(day: number): number {
    const midnight = day * DAY_MS
    const candidates = [midnight - DAY_MS, midnight + DAY_MS]
      .map((nearMs) => midnight - (this.localMs(nearMs) - nearMs))
      .filter((candidate) => this.localMs(candidate) >= midnight)
    return Math.min(...candidates)
  }
}
