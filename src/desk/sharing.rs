//! [Share here]: what somebody was shown privately, for everybody who reads the place. Only from memory: what was shown before
//! a restart is asked for again.

use super::answer::{Answer, Done, Incoming};
use super::handle::{Ask, Desk, denied};
use crate::store::Sharing;
use engine::{Actor, Notice, Record};
use interlock::command::RawValue;
use interlock::facts::Facts;
use interlock::id::{ClusterName, RequestId};
use interlock::looks::{LookAnswer, ToldOf};
use interlock::plan::Mistake;
use interlock::policy::{Access, Needs};
use interlock::principal::{Account, Place, Principal};
use interlock::time::Millis;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

/// How many answers are kept to be shared,
const MOST: usize = 200;
/// of whom,
const MOST_OF_ONE: usize = 20;
/// how often one person may share within that time,
const MOST_SHARED: usize = 10;
/// how long each of them is; longer ones are not offered,
const MOST_BYTES: usize = 64 << 10;
/// and for how long: an answer that its reader may still have before them, and that is still about now.
const KEPT: Duration = Duration::from_secs(14 * 60);

/// Answers that may be shared.
#[derive(Default)]
pub(super) struct Shares {
    kept: BTreeMap<RequestId, Share>,
    order: VecDeque<RequestId>,
}

/// An answer that may be shared by whoever was given it, where it was given.
#[derive(Clone)]
struct Share {
    account: Account,
    place: Place,
    answer: LookAnswer,
    command: String,
    access: Access,
    names: Vec<String>,
    seen_at: Millis,
    is_shared: bool,
}

impl Shares {
    fn keep(&mut self, request: &RequestId, share: Share) {
        let account = share.account;
        if self.kept.insert(request.clone(), share).is_none() {
            self.order.push_back(request.clone());
        }
        self.drop_oldest_of(account);
        while self.order.len() > MOST {
            if let Some(oldest) = self.order.pop_front() {
                self.kept.remove(&oldest);
            }
        }
    }

    /// What one person looks at again and again does not take the place of others.
    fn drop_oldest_of(&mut self, account: Account) {
        let is_theirs = |share: &Share| share.account == account;
        if self.kept.values().filter(|share| is_theirs(share)).count() <= MOST_OF_ONE {
            return;
        }
        let place = self.order.iter().position(|request| self.kept.get(request).is_some_and(is_theirs));
        if let Some(oldest) = place.and_then(|place| self.order.remove(place)) {
            self.kept.remove(&oldest);
        }
    }

    /// How much somebody has shared lately.
    fn shared_by(&self, account: Account, now: Millis) -> usize {
        let lately = |share: &&Share| share.is_shared && share.account == account && now.since(share.seen_at) < KEPT;
        self.kept.values().filter(lately).count()
    }

    /// What somebody may share, if it is not too old.
    fn of(&self, tapped: &Shared) -> Option<&Share> {
        let share = self.kept.get(&tapped.request)?;
        let is_theirs = share.account == tapped.principal.account && share.place == tapped.place;
        (is_theirs && tapped.at.since(share.seen_at) < KEPT).then_some(share)
    }

    fn set_shared(&mut self, request: &RequestId, is_shared: bool) {
        if let Some(share) = self.kept.get_mut(request) {
            share.is_shared = is_shared;
        }
    }
}

/// Somebody taps [Share here].
pub(crate) struct Shared {
    /// The request that was answered.
    pub(crate) request: RequestId,
    /// Who, with the roles of this moment.
    pub(crate) principal: Principal,
    /// Where.
    pub(crate) place: Place,
    /// The language of their client.
    pub(crate) locale: String,
    /// When.
    pub(crate) at: Millis,
}

impl Desk {
    fn shares(&self) -> MutexGuard<'_, Shares> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an answer if it may be shared where it was asked for.
    pub(super) fn keep_to_share(&self, ask: &Ask<'_>, names: &[String], answer: &LookAnswer) {
        let place = &ask.request.place;
        let Some(answer) = answer.for_everybody().filter(|answer| self.may_share(answer, place)) else { return };
        let is_short = serde_json::to_string(&answer).is_ok_and(|text| text.len() <= MOST_BYTES);
        if !is_short {
            return;
        }
        let share = Share {
            account: ask.request.principal.account,
            place: place.clone(),
            answer,
            command: ask.command.name.clone(),
            access: ask.command.access,
            names: names.to_vec(),
            seen_at: ask.request.asked_at,
            is_shared: false,
        };
        self.shares().keep(&ask.request.id, share);
    }

    /// Whether the answer to a request is kept to be shared.
    pub(crate) fn can_share(&self, request: &RequestId) -> bool {
        self.shares().kept.contains_key(request)
    }

    fn may_share(&self, answer: &LookAnswer, place: &Place) -> bool {
        let is_about_some = !clusters(answer).is_empty();
        is_about_some && matches!(place, Place::Discord { .. }) && self.rooms.shows(answer, place)
    }

    /// Shares an answer, once.
    pub(crate) async fn share(&self, tapped: Shared) -> Answer {
        let request = RequestId::from_random(rand::random());
        let incoming = Incoming {
            command: "share".to_owned(),
            options: [("request".to_owned(), RawValue::Text(tapped.request.to_string()))].into(),
            principal: tapped.principal.clone(),
            place: tapped.place.clone(),
            locale: tapped.locale.clone(),
            at: tapped.at,
        };
        self.answered(&request, &incoming, self.shared(&tapped)).await
    }

    async fn shared(&self, tapped: &Shared) -> Result<Done, Done> {
        self.rooms.policy.places.serve(&tapped.place).map_err(denied)?;
        let share = self.take(tapped)?;
        let stored = self.rooms.store.share(&sharing(tapped, share)).await;
        if stored.is_err() {
            self.shares().set_shared(&tapped.request, false);
        }
        stored?;
        Ok(Done::Shared)
    }

    /// What is shared by this tap; the next one finds it shared.
    fn take(&self, tapped: &Shared) -> Result<Share, Done> {
        let mut shares = self.shares();
        // What is somebody else's is like what is not there.
        let share = shares.of(tapped).cloned().ok_or_else(nothing_to_share)?;
        self.may_still(tapped, &share)?;
        if share.is_shared {
            return Err(Done::Mistake(Mistake::new("already-shared", Facts::none())));
        }
        if shares.shared_by(tapped.principal.account, tapped.at) >= MOST_SHARED {
            return Err(Done::Mistake(Mistake::new("shared-too-often", Facts::none())));
        }
        shares.set_shared(&tapped.request, true);
        Ok(share)
    }

    /// Whether they could ask for it now.
    fn may_still(&self, tapped: &Shared, share: &Share) -> Result<(), Done> {
        let policy = &self.rooms.policy;
        for cluster in clusters(&share.answer) {
            let needs = Needs { access: share.access, cluster: Some(&cluster), names: &share.names };
            policy.may(&tapped.principal, &needs).map_err(denied)?;
            policy.places.may_post(&cluster, &tapped.place).map_err(denied)?;
        }
        Ok(())
    }
}

/// The clusters that an answer is known to tell of.
fn clusters(answer: &LookAnswer) -> Vec<ClusterName> {
    match answer.told_of() {
        ToldOf::Clusters(told) => told.into_iter().cloned().collect(),
        ToldOf::Any => Vec::new(),
    }
}

fn nothing_to_share() -> Done {
    Done::Mistake(Mistake::new("nothing-to-share", Facts::none()))
}

fn sharing(tapped: &Shared, share: Share) -> Sharing {
    let record = Record {
        what: "posted-for-everybody".to_owned(),
        actor: Actor::Person { account: tapped.principal.account, person: tapped.principal.person.clone() },
        operation: None,
        request: Some(tapped.request.clone()),
        digest: None,
        facts: Facts::none().with("command", share.command.as_str()),
    };
    let by = tapped.principal.person.clone();
    let notice = Notice::Shared { answer: Box::new(share.answer), by, seen_at: share.seen_at };
    Sharing { place: share.place, notice, record, at: tapped.at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::looks::ClustersLook;

    const NOW: Millis = Millis(1_790_000_000_000);

    fn share(account: u64) -> Share {
        Share {
            account: Account::Discord(account),
            place: Place::Console,
            answer: LookAnswer::Clusters(ClustersLook { clusters: Vec::new() }),
            command: "clusters".to_owned(),
            access: Access::Anyone,
            names: Vec::new(),
            seen_at: NOW,
            is_shared: false,
        }
    }

    fn kept_of(shares: &Shares, account: u64) -> usize {
        shares.kept.values().filter(|one| one.account == Account::Discord(account)).count()
    }

    #[test]
    fn who_looks_again_and_again_takes_no_place_of_others() {
        let mut shares = Shares::default();
        shares.keep(&RequestId::from_random(0), share(1));
        for number in 1..=2 * u32::try_from(MOST).unwrap() {
            shares.keep(&RequestId::from_random(number), share(2));
        }
        assert_eq!((kept_of(&shares, 1), kept_of(&shares, 2)), (1, MOST_OF_ONE));
        assert_eq!(shares.order.len(), shares.kept.len());
    }

    #[test]
    fn what_somebody_shared_lately_is_counted() {
        let mut shares = Shares::default();
        for number in 0..3 {
            let request = RequestId::from_random(number);
            shares.keep(&request, share(1));
            shares.set_shared(&request, number > 0);
        }
        assert_eq!(shares.shared_by(Account::Discord(1), NOW), 2);
        assert_eq!(
            (shares.shared_by(Account::Discord(1), NOW.plus(KEPT)), shares.shared_by(Account::Discord(2), NOW)),
            (0, 0)
        );
    }
}
