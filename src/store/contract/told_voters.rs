//! Who is told alone that their approval does not count.

use super::bed::{Bed, START, answered, id, plan, taker};
use super::contract;
use crate::store::told_voters::MOST;
use crate::store::{Taker, Unheard};
use engine::{Notice, Operation, Stream};
use interlock::approval::NotCounted;
use interlock::plan::Digest;
use interlock::principal::Account;
use std::time::Duration;

fn unheard(name: &str, account: u64) -> Unheard {
    Unheard { account: Account::Discord(account), person: name.parse().unwrap(), why: NotCounted::AskedForIt }
}

async fn told(bed: &Bed, operation: &Operation, digest: Digest, voters: &[Unheard]) -> usize {
    answered(async || bed.store.tell_voters((&operation.id, digest), voters, START).await).await
}

/// Delivers everything; whom the messages to voters went to.
async fn delivered(bed: &Bed) -> Vec<Account> {
    let (mut to, now) = (Vec::new(), START.plus(Duration::from_secs(3_600)));
    loop {
        let taker = Taker { until: now.plus(Duration::from_secs(30)), ..taker("teller") };
        let due = bed.store.due_to_voters(&taker, now, 100).await.unwrap();
        if due.is_empty() {
            return to;
        }
        for one in due {
            let Notice::VoteNotCounted { account, .. } = one.notice else { panic!("{one:?}") };
            assert_eq!(one.stream, Stream::Voters(id(1)), "nothing else waits for it");
            to.push(account);
            assert!(bed.store.sent(&one.claim, now, &[]).await.unwrap());
        }
    }
}

contract! {
    async fn each_person_is_told_once_for_each_plan(bed: &Bed) {
        let operation = bed.posted(1).await;
        let voters = [unheard("alice", 7), unheard("vic", 8), unheard("vic", 9)];
        let tells = || told(bed, &operation, operation.digest, &voters);
        let (one, other) = tokio::join!(tells(), tells());
        assert_eq!((one + other, one.min(other)), (2, 0), "whoever asks, by whatever account");
        assert_eq!(delivered(bed).await, [Account::Discord(7), Account::Discord(8)]);
        assert_eq!(told(bed, &operation, operation.digest, &voters).await, 0, "also when it was delivered");
        let newer = plan(&id(1), 2).digest();
        assert_eq!(told(bed, &operation, newer, &voters[..1]).await, 1, "another plan");
        assert_eq!(told(bed, &operation, newer, &voters).await, 1, "somebody else");
        assert_eq!(delivered(bed).await.len(), 2);
        let unknown = Operation { id: id(9), ..operation };
        assert_eq!(told(bed, &unknown, newer, &voters).await, 0);
    }

    async fn voters_are_told_apart_from_everything_else(bed: &Bed) {
        let operation = bed.posted(1).await;
        bed.awaiting(2).await;
        told(bed, &operation, operation.digest, &[unheard("alice", 7)]).await;
        let others = bed.store.due(&taker("teller"), START, 100).await.unwrap();
        assert!(!others.is_empty() && others.iter().all(|one| !matches!(one.stream, Stream::Voters(_))), "{others:?}");
        assert_eq!(delivered(bed).await, [Account::Discord(7)]);
    }

    async fn who_cannot_be_told_yet_holds_no_other_up(bed: &Bed) {
        let operation = bed.posted(1).await;
        told(bed, &operation, operation.digest, &[unheard("alice", 7), unheard("bert", 8)]).await;
        let first = bed.store.due_to_voters(&taker("teller"), START, 1).await.unwrap().remove(0);
        assert!(bed.store.put_off(&first.claim, START.plus(Duration::from_secs(10))).await.unwrap());
        let next = bed.store.due_to_voters(&taker("teller"), START, 9).await.unwrap();
        assert_eq!(next.len(), 1);
        assert_ne!(next[0].notice, first.notice);
    }

    async fn so_many_are_told_of_one_plan_and_no_more(bed: &Bed) {
        let operation = bed.posted(1).await;
        let crowd: Vec<Unheard> = (0..25).map(|number| unheard(&format!("p{number}"), number)).collect();
        assert_eq!(told(bed, &operation, operation.digest, &crowd[..3]).await, 3);
        assert_eq!(told(bed, &operation, operation.digest, &crowd).await, MOST - 3);
        assert_eq!(told(bed, &operation, operation.digest, &crowd[MOST..]).await, 0);
        assert_eq!(delivered(bed).await.len(), MOST);
    }
}
