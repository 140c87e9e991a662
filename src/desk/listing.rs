//! `/operations`: what waits for the asker, and the others that may be seen.

use super::answer::Done;
use super::handle::{Ask, Desk};
use super::rooms::Rooms;
use crate::store::{About, Filter, Page, Which};
use engine::Operation;
use engine::port::{Journal, JournalError};
use interlock::approval::{BrokenGlass, State};
use interlock::id::OperationId;
use interlock::looks::{LookAnswer, OperationLine, OperationsList};
use interlock::plan::{Outline, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// How many operations each half of the list shows.
const SHOWN: usize = 25;
/// How many rows are read at once.
const PAGE: u32 = 50;
/// How many pages one half reads: most of what is there may be out of the asker's sight.
const MOST_PAGES: usize = 10;
/// One half of the list while it is read.
#[derive(Default)]
struct Half {
    lines: Vec<OperationLine>,
    left_out: usize,
    /// It went no further back, although there is more.
    is_cut: bool,
}

impl Half {
    fn add(&mut self, line: OperationLine) {
        if self.lines.len() < SHOWN { self.lines.push(line) } else { self.left_out += 1 }
    }
}

impl Desk {
    pub(super) async fn operations(&self, ask: &Ask<'_>) -> Result<LookAnswer, Done> {
        let shown = ask.arguments().choice("show");
        let filter = |which| Filter {
            which,
            cluster: ask.arguments().cluster("cluster").cloned(),
            person: (shown == Some("mine")).then(|| ask.request.principal.person.clone()),
        };
        let waits = |operation: &Operation, plan: Option<&Plan>| {
            let plan = plan.filter(|_| operation.state == State::AwaitingApproval);
            plan.is_some_and(|plan| self.rooms.policy.waits_for(&ask.request.principal, plan))
        };
        let waiting = self.half(ask, &filter(Which::Votable), waits).await?;
        let reviews = self.open_reviews(ask).await?;
        let which = match shown {
            Some("open") => Which::Open,
            Some("waiting") => Which::Votable,
            _ => Which::All,
        };
        let known: BTreeSet<&OperationId> = waiting.lines.iter().map(|line| &line.operation).collect();
        let others =
            |operation: &Operation, plan: Option<&Plan>| !known.contains(&operation.id) && !waits(operation, plan);
        let others = self.half(ask, &filter(which), others).await?;
        Ok(LookAnswer::Operations(OperationsList {
            left_out: waiting.left_out + others.left_out,
            is_cut: waiting.is_cut || others.is_cut,
            waiting_for_me: waiting.lines,
            reviews,
            others: others.lines,
        }))
    }

    /// Operations whose glass was broken, and whose review the asker can close.
    async fn open_reviews(&self, ask: &Ask<'_>) -> Result<Vec<OperationLine>, Done> {
        let mut open: BTreeMap<OperationId, Vec<BrokenGlass>> = BTreeMap::new();
        for glass in self.rooms.store.open_reviews().await? {
            open.entry(glass.operation.clone()).or_default().push(glass);
        }
        let (wanted, mut lines) = (ask.arguments().cluster("cluster"), Vec::new());
        for (id, open) in open {
            let Some(operation) = self.rooms.store.operation(&id).await? else { continue };
            if wanted.is_some_and(|wanted| *wanted != operation.cluster) {
                continue;
            }
            // Of a plan that cannot be read nobody knows whose seats were skipped.
            let Some(outline) = self.rooms.outline(&operation, About::Unknown).await? else { continue };
            let plan = outline.plan();
            let closes = self.rooms.closable(&ask.request.principal, (&operation, plan), &open).is_ok();
            if closes && self.sees(ask, plan) {
                lines.push(self.rooms.line(&operation, Some(plan), &[]));
            }
        }
        lines.truncate(SHOWN);
        Ok(lines)
    }

    /// Reads page after page until enough is found that the asker may see and that fits.
    async fn half(
        &self,
        ask: &Ask<'_>,
        filter: &Filter,
        fits: impl Fn(&Operation, Option<&Plan>) -> bool,
    ) -> Result<Half, Done> {
        let mut half = Half::default();
        let freezes = self.rooms.store.freezes(self.rooms.clock.now()).await?;
        let mut before = None;
        for _ in 0..MOST_PAGES {
            let page = self.rooms.store.outlined(filter, Page { before, limit: PAGE }).await?;
            let is_last = page.len() < PAGE as usize;
            before = page.last().map(|listed| listed.number);
            for listed in page {
                let operation = listed.operation;
                if ask.sight.cluster(operation.cluster.as_str()).is_none() {
                    continue;
                }
                let outline = self.rooms.outline(&operation, listed.about).await?;
                let plan = outline.as_ref().map(Outline::plan);
                if !plan.map_or(ask.sight.whole(&operation.cluster), |plan| self.sees(ask, plan)) {
                    continue;
                }
                if fits(&operation, plan) {
                    half.add(self.rooms.line(&operation, plan, &freezes));
                }
            }
            if is_last {
                return Ok(half);
            }
            if half.lines.len() >= SHOWN {
                break;
            }
        }
        half.is_cut = true;
        Ok(half)
    }
}

impl Rooms {
    /// What the plan of an operation is about; none if that cannot be read. Of such a plan nobody knows what it concerns: it
    /// is shown to those who see everything of its cluster.
    pub(super) async fn outline(&self, operation: &Operation, about: About) -> Result<Option<Outline>, JournalError> {
        match about {
            About::Outline(outline) => Ok(Some(*outline)),
            About::Damaged => Ok(None),
            About::Unknown => match self.store.plan(operation).await {
                Ok(plan) => Ok(Some(Outline::of(plan.plan()))),
                Err(JournalError::Damaged(_)) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }
}
