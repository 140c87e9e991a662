//! The picture of a plan that moves replicas: data and leaders of each broker, before and after. Its words are ASCII and the
//! same for everybody; the numbers stand in the alt text too, in the reader's language.

mod canvas;
mod drawn;

use super::locale::{Args, Locale};
use super::numbers::bytes;
use canvas::{Canvas, Ink, Letters};
use interlock::plan::{Load, Plan, Row};

const WIDTH: usize = 960;
const MARGIN: usize = 36;
const GAP: usize = 20;
const TITLE: usize = 56;
const ROW: usize = 60;
const BAR: usize = 20;
const BIG: f32 = 32.0;
const SMALL: f32 = 27.0;
/// The most brokers in it; those that change most where there are more.
const MOST: usize = 12;

/// A broker before and after.
type Change = (i32, Load, Load);

/// One panel: what is measured, and how it is written.
struct Panel {
    title: &'static str,
    amount: fn(&Load) -> u64,
    written: fn(&Load) -> String,
}

const PANELS: [Panel; 2] = [
    Panel { title: "Data", amount: |load| load.bytes, written: |load| bytes(load.bytes) },
    Panel { title: "Leaders", amount: |load| load.leaders, written: |load| load.leaders.to_string() },
];

/// The picture as PNG, and its alt text; none for a plan that has no brokers to show.
pub(super) fn picture(plan: &Plan, locale: Locale) -> Option<(Vec<u8>, String)> {
    let (shown, more) = shown(plan);
    if shown.is_empty() {
        return None;
    }
    Some((drawn::drawn(&shown, more, draw)?, alt(&shown, more, locale)))
}

fn shown(plan: &Plan) -> (Vec<Change>, usize) {
    let change = |row: &Row| match row {
        Row::Broker { broker, now, after, .. } => Some((*broker, *now, *after)),
        Row::Offset { .. } | Row::Queue { .. } | Row::Queues { .. } | Row::Setting { .. } | Row::Reader { .. } => None,
    };
    let mut all: Vec<Change> = plan.impact.rows.iter().filter_map(change).collect();
    all.sort_by_key(|(id, now, after)| (std::cmp::Reverse(now.bytes.abs_diff(after.bytes)), *id));
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    all.sort_by_key(|(id, ..)| *id);
    (all, more)
}

fn alt(shown: &[Change], more: usize, locale: Locale) -> String {
    let one = |(id, now, after): &Change| {
        let pair = |panel: &Panel| format!("{} → {}", (panel.written)(now), (panel.written)(after));
        let args =
            Args::new().word("broker", id.to_string()).word("data", pair(&PANELS[0])).word("leaders", pair(&PANELS[1]));
        locale.say("picture-broker", &args).plain_text()
    };
    let mut text = locale.text("picture-alt");
    shown.iter().for_each(|row| text.push_str(&one(row)));
    if more > 0 {
        text.push_str(&locale.say("picture-more", &Args::new().count("more", more)).plain_text());
    }
    text
}

fn draw(shown: &[Change], more: usize) -> Option<Vec<u8>> {
    let letters = Letters::read()?;
    let panel = TITLE + shown.len() * ROW + GAP;
    let foot = if more > 0 { ROW } else { 0 };
    let mut canvas = Canvas::blank(WIDTH, 2 * MARGIN + PANELS.len() * panel - GAP + foot);
    legend(&mut canvas, &letters);
    for (place, one) in PANELS.iter().enumerate() {
        let top = MARGIN + place * panel;
        letters.write(&mut canvas, (MARGIN, top), one.title, (BIG, Ink::Words));
        bars(&mut canvas, &letters, top + TITLE, (one, shown));
    }
    if more > 0 {
        let text = format!("+ {more} more brokers in plan.txt");
        letters.write(&mut canvas, (MARGIN, MARGIN + PANELS.len() * panel), &text, (SMALL, Ink::Faint));
    }
    canvas.png()
}

/// Which bar is which, at the right end of the first title.
fn legend(canvas: &mut Canvas, letters: &Letters<'_>) {
    let mut right = WIDTH - MARGIN;
    for (word, ink) in [("after", Ink::After), ("before", Ink::Before)] {
        right -= letters.width(word, SMALL);
        letters.write(canvas, (right, MARGIN + 3), word, (SMALL, Ink::Words));
        right -= BAR + 8;
        canvas.fill((right, MARGIN + 10), (BAR, BAR), ink);
        right -= GAP;
    }
}

fn bars(canvas: &mut Canvas, letters: &Letters<'_>, top: usize, (panel, shown): (&Panel, &[Change])) {
    let label = |(id, ..): &Change| format!("broker {id}");
    let value = |(_, now, after): &Change| format!("{} → {}", (panel.written)(now), (panel.written)(after));
    let widest = |of: &dyn Fn(&Change) -> String| shown.iter().map(|row| letters.width(&of(row), SMALL)).max();
    let left = MARGIN + widest(&label).unwrap_or(0) + GAP;
    let room = (WIDTH - MARGIN - widest(&value).unwrap_or(0)).saturating_sub(left + GAP);
    let most = shown.iter().flat_map(|(_, now, after)| [now, after]).map(panel.amount).max().unwrap_or(0).max(1);
    let length = |load: &Load| {
        let part = u128::from((panel.amount)(load)) * room as u128 / u128::from(most);
        usize::try_from(part).unwrap_or(room)
    };
    for (place, row) in shown.iter().enumerate() {
        let y = top + place * ROW;
        letters.write(canvas, (MARGIN, y + 6), &label(row), (SMALL, Ink::Words));
        canvas.fill((left, y), (length(&row.1), BAR), Ink::Before);
        canvas.fill((left, y + BAR + 2), (length(&row.2), BAR), Ink::After);
        let text = value(row);
        letters.write(canvas, (WIDTH - MARGIN - letters.width(&text, SMALL), y + 6), &text, (SMALL, Ink::Words));
    }
}
