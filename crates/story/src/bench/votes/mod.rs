//! Open cards with many votes, read anew after a reconnect within the rate limits, beside the least that has to be asked.

mod scene;

use super::figures::{Report, rounded, row};
use anyhow::{Result, bail};
use scene::{Reread, Scene, Size};
use serde_json::json;

/// What is measured.
const SIZE: Size = Size { cards: 1_000, reactors: 200 };

/// Runs it; with a size of its own for a trial.
pub(super) async fn run(size: &[&str]) -> Result<Report> {
    let size = match *size {
        [] => SIZE,
        [cards, reactors] => Size { cards: cards.parse()?, reactors: reactors.parse()? },
        _ => bail!("a size is CARDS REACTORS"),
    };
    let scene = Scene::set_up(size).await?;
    let least = scene.least_requests();
    let reread = scene.is_read_anew().await?;
    scene.ends()?;
    Ok(report(size, &reread, least))
}

fn report(size: Size, reread: &Reread, least: usize) -> Report {
    let kinds = [
        ("cards", reread.messages),
        ("lists of people", reread.lists),
        ("people", reread.people),
        ("other", reread.others),
    ];
    let mut table = vec![row(["asked for", "requests"])];
    table.extend(kinds.iter().map(|(what, count)| row([*what, &count.to_string()])));
    let (seconds, requests) = (reread.took.as_secs_f64(), reread.asked());
    let said = vec![
        format!("{} cards with {} votes each were read in {seconds:.1} s.", size.cards, size.reactors),
        format!(
            "{requests} requests, no 429 among them; the least is {least}. Drawn meanwhile: {} cards.",
            reread.drawn
        ),
    ];
    let json = json!({"seconds": rounded(seconds), "requests": requests, "least_requests": least});
    Report { table, said, json }
}
