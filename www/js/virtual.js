// A long list of which only the visible part is in the page, and a little above
// and below it. All rows have the height of the first one. A short list is
// there as a whole, so that the browser's own search works.
const whole = 300; // rows
const around = 12; // rows above and below

// scroller: what scrolls; place(before, after): leaves this many pixels for
// absent rows; show(rows, first): shows these, from the index `first` on.
export class Virtual {
  constructor(scroller, { guess, place, show, rowIn }) {
    Object.assign(this, {
      scroller,
      place,
      show,
      rowIn,
      height: guess,
      rows: [],
      from: 0,
      to: 0,
    });
    scroller.addEventListener('scroll', () => this.look(), { passive: true });
    new ResizeObserver(() => this.look()).observe(scroller);
  }

  // anchored: what is in sight stays where it is.
  set(rows, anchored = false) {
    const { scroller, height } = this;
    const at = Math.floor(scroller.scrollTop / height);
    const seen = this.rows[at]?.id;
    this.rows = rows;
    this.look(true);
    const now = rows.findIndex(({ id }) => id === seen);
    if (anchored && scroller.scrollTop && now >= 0 && now !== at) {
      scroller.scrollTop += (now - at) * height;
      this.look();
    }
  }

  look(changed = false) {
    const { scroller, rows, height } = this;
    const all = rows.length <= whole;
    const first = Math.floor(scroller.scrollTop / height) - around;
    const fit = Math.ceil(scroller.clientHeight / height) + 2 * around;
    const from = all ? 0 : Math.max(0, Math.min(first, rows.length - fit));
    const to = all ? rows.length : Math.min(rows.length, from + fit);
    if (!changed && from === this.from && to === this.to) return;
    Object.assign(this, { from, to });
    this.show(rows.slice(from, to), from);
    this.place(from * height, (rows.length - to) * height);
    if (!all) this.measure();
  }

  measure() {
    const high = this.rowIn()?.getBoundingClientRect().height;
    if (!high || Math.abs(high - this.height) < 0.5) return;
    this.height = high;
    this.look(true);
  }

  // Scroll as little as brings that row into sight.
  reveal(index) {
    const { scroller, height, rows } = this;
    if (rows.length <= whole || index < 0) return;
    const top = index * height;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + height > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = top + height - scroller.clientHeight;
    }
    this.look();
  }
}
