//! The chain: every way of tampering is found.

use super::bed::{Bed, START, id};
use super::contract;
use crate::store::audit::{AuditFilter, AuditPage, Broken, Format, Head, Verdict};
use crate::store::database::vals;
use crate::store::{Claim, StoreError, Taker};
use engine::{Actor, Notice, Record};
use interlock::facts::Facts;
use interlock::plan::Digest;
use interlock::principal::{Account, Place};
use interlock::time::Millis;
use std::time::Duration;

pub(super) fn look(number: i64) -> Record {
    Record {
        what: "looked".to_owned(),
        actor: Actor::Person { account: Account::Discord(7), person: "alice".parse().unwrap() },
        operation: None,
        request: Some("M2WQ7A".parse().unwrap()),
        digest: None,
        facts: Facts::none().with("number", number),
    }
}

/// More than verifying holds in memory at once.
const MANY: i64 = 1_203;

async fn filled(bed: &Bed) -> Head {
    bed.store.append_looks((1..=MANY).map(look).collect()).await.unwrap();
    bed.store.audit_head().await.unwrap()
}

async fn found(bed: &Bed) -> Verdict {
    bed.store.audit_verify(None).await.unwrap()
}

fn broken(seq: i64, why: Broken) -> Verdict {
    Verdict::Broken { seq, why }
}

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// The head that is due, and the one before it.
async fn told(bed: &Bed, now: Millis) -> (Claim, String, String) {
    let taker = Taker { name: "a".to_owned(), until: now.plus(Duration::from_secs(60)), in_chat: true };
    let mut due: Vec<(Claim, Notice)> =
        bed.store.due(&taker, now, 10).await.unwrap().into_iter().map(|due| (due.claim, due.notice)).collect();
    due.retain(|(_, notice)| matches!(notice, Notice::AuditHead { .. }));
    assert_eq!(due.len(), 1, "{due:?}");
    let Some((claim, Notice::AuditHead { head, before, .. })) = due.pop() else { unreachable!() };
    (claim, head, before)
}

#[test]
fn a_head_is_read_as_it_is_written() {
    let head = Head { seq: 1_043, hash: Digest::of(b"the last entry") };
    assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
    for wrong in ["", "7", "7:", "7:5f0c", &head.to_string().to_uppercase(), &head.to_string()[4..], "-1:00"] {
        assert!(wrong.parse::<Head>().is_err(), "{wrong}");
    }
    assert!(format!("-1:{}", head.hash).parse::<Head>().is_err());
}

contract! {
    async fn an_untouched_chain_verifies_and_says_against_what(bed: &Bed) {
        let empty = bed.store.audit_head().await.unwrap();
        assert_eq!(empty.seq, 0);
        assert_eq!(found(bed).await, Verdict::Verified { head: empty, outside: None });
        bed.awaiting(1).await;
        let early = bed.store.audit_head().await.unwrap();
        let head = filled(bed).await;
        assert_eq!(head.seq, MANY + 1);
        assert_eq!(found(bed).await, Verdict::Verified { head, outside: None });
        for outside in [empty, early, head] {
            let verdict = bed.store.audit_verify(Some(outside)).await.unwrap();
            assert_eq!(verdict, Verdict::Verified { head, outside: Some(outside) });
        }
    }

    async fn a_head_is_told_once_in_its_time_and_names_the_one_that_was_posted(bed: &Bed) {
        let place = Place::Discord { guild: 1, channel: 7, thread: None };
        let tells = async |at| bed.store.tell_head(&place, DAY, at).await.unwrap();
        let (one, other) = tokio::join!(tells(START), tells(START));
        assert!(one != other, "one of two processes tells it");
        let early = bed.store.audit_head().await.unwrap();
        bed.awaiting(1).await;
        let late = bed.store.audit_head().await.unwrap();
        assert!(!tells(START.plus(DAY / 2)).await);
        let later = START.plus(DAY);
        assert!(tells(later).await, "the next one takes the place of one that still waits");
        let (claim, head, before) = told(bed, later).await;
        assert_eq!((head.parse::<Head>().unwrap(), before.as_str()), (late, ""));
        assert!(bed.store.head_posted(&claim, &head).await.unwrap());
        assert!(!bed.store.head_posted(&claim, &early.to_string()).await.unwrap(), "the claim is gone");
        let last = later.plus(DAY);
        assert!(tells(last).await);
        assert_eq!(told(bed, last).await.2, late.to_string());
        assert!(tells(START).await, "the clock was set back");
    }

    async fn a_changed_entry_is_found(bed: &Bed) {
        filled(bed).await;
        let change = "UPDATE audit SET body = $1 WHERE seq = 700";
        bed.tamper(change, vals!["{\"seq\":700}"]).await;
        assert_eq!(found(bed).await, broken(700, Broken::Changed));
    }

    async fn a_changed_entry_with_its_hash_made_anew_is_found(bed: &Bed) {
        filled(bed).await;
        let page = AuditPage { before: Some(701), limit: 1 };
        let entry = bed.store.audit_search(&AuditFilter::default(), page).await.unwrap().remove(0);
        assert_eq!(entry.seq, 700);
        let body = entry.body.replace("\"looked\"", "\"lOoked\"");
        let hash = Digest::of(body.as_bytes()).to_string();
        bed.tamper("UPDATE audit SET body = $1, hash = $2, what = 'lOoked' WHERE seq = 700", vals![&body, &hash]).await;
        assert_eq!(found(bed).await, broken(701, Broken::Unlinked));
    }

    async fn a_changed_column_is_found(bed: &Bed) {
        filled(bed).await;
        bed.tamper("UPDATE audit SET person = 'mallory' WHERE seq = 2", vals![]).await;
        assert_eq!(found(bed).await, broken(2, Broken::Columns));
    }

    async fn a_deleted_entry_is_found(bed: &Bed) {
        filled(bed).await;
        bed.tamper("DELETE FROM audit WHERE seq = 501", vals![]).await;
        assert_eq!(found(bed).await, broken(501, Broken::Missing));
    }

    async fn exchanged_entries_are_found(bed: &Bed) {
        filled(bed).await;
        bed.tamper("UPDATE audit SET seq = 0 WHERE seq = 30", vals![]).await;
        bed.tamper("UPDATE audit SET seq = 30 WHERE seq = 31", vals![]).await;
        bed.tamper("UPDATE audit SET seq = 31 WHERE seq = 0", vals![]).await;
        assert_eq!(found(bed).await, broken(30, Broken::Moved));
    }

    async fn a_cut_end_is_found_by_the_head_inside(bed: &Bed) {
        let head = filled(bed).await;
        bed.tamper("DELETE FROM audit WHERE seq > $1", vals![head.seq - 3]).await;
        assert_eq!(found(bed).await, broken(head.seq - 2, Broken::Missing));
    }

    async fn a_cut_end_with_its_head_set_back_needs_the_head_outside(bed: &Bed) {
        bed.awaiting(1).await;
        let cut_to = bed.store.audit_head().await.unwrap();
        let outside = filled(bed).await;
        bed.tamper("DELETE FROM audit WHERE seq > $1", vals![cut_to.seq]).await;
        let hash = cut_to.hash.to_string();
        bed.tamper("UPDATE audit_head SET seq = $1, hash = $2", vals![cut_to.seq, &hash]).await;
        let inside_only = found(bed).await;
        assert_eq!(inside_only, Verdict::Verified { head: cut_to, outside: None }, "it says that it had no outside head");
        let verdict = bed.store.audit_verify(Some(outside)).await.unwrap();
        assert_eq!(verdict, broken(cut_to.seq + 1, Broken::Truncated));
    }

    async fn a_rewritten_chain_needs_the_head_outside(bed: &Bed) {
        let outside = filled(bed).await;
        bed.tamper("DELETE FROM audit", vals![]).await;
        let zeros = "0".repeat(64);
        bed.tamper("UPDATE audit_head SET seq = 0, hash = $1", vals![&zeros]).await;
        bed.store.append_looks((1..=MANY).map(|number| look(number * 2)).collect()).await.unwrap();
        assert!(matches!(found(bed).await, Verdict::Verified { outside: None, .. }));
        let verdict = bed.store.audit_verify(Some(outside)).await.unwrap();
        assert_eq!(verdict, broken(outside.seq, Broken::Rewritten));
    }

    async fn an_entry_behind_the_head_is_found(bed: &Bed) {
        let head = filled(bed).await;
        let seq = head.seq + 1;
        bed.tamper(
            "INSERT INTO audit (seq, at, what, person, operation, request, body, hash) \
             VALUES ($1, 0, 'x', '', '', '', '{}', '')",
            vals![seq],
        )
        .await;
        assert_eq!(found(bed).await, broken(head.seq, Broken::Head));
        bed.tamper("DELETE FROM audit WHERE seq = $1", vals![seq]).await;
        bed.tamper("UPDATE audit_head SET hash = $1", vals![&Digest::of(b"x").to_string()]).await;
        assert_eq!(found(bed).await, broken(head.seq, Broken::Head));
    }

    async fn an_entry_before_the_first_is_found_and_not_shown(bed: &Bed) {
        let head = filled(bed).await;
        for seq in [0, -5] {
            // A copy of a genuine entry fits in all but its number.
            let copy = "INSERT INTO audit (seq, at, what, person, operation, request, body, hash) \
                 SELECT $1, at, what, person, operation, request, body, hash FROM audit WHERE seq = 3";
            assert_eq!(bed.tamper(copy, vals![seq]).await, 1);
            assert_eq!(found(bed).await, broken(seq, Broken::Foreign));
        }
        let page = AuditPage { before: Some(2), limit: 9 };
        let shown = bed.store.audit_search(&AuditFilter::default(), page).await.unwrap();
        assert_eq!(shown.iter().map(|one| one.seq).collect::<Vec<_>>(), [1]);
        let mut out = Vec::new();
        assert_eq!(bed.store.audit_export(Format::JsonLines, &mut out).await.unwrap(), head.seq);
        bed.tamper("DELETE FROM audit WHERE seq < 1", vals![]).await;
        assert_eq!(found(bed).await, Verdict::Verified { head, outside: None }, "it is whole without them");
    }

    async fn a_number_stands_once(bed: &Bed) {
        filled(bed).await;
        let mut tx = bed.pools().begin().await.unwrap();
        let second = tx.run("INSERT INTO audit SELECT * FROM audit WHERE seq = 3", vals![]).await;
        assert_eq!(second.err(), Some(StoreError::Taken));
    }

    async fn a_first_entry_that_is_missing_is_found(bed: &Bed) {
        filled(bed).await;
        bed.tamper("DELETE FROM audit WHERE seq = 1", vals![]).await;
        assert_eq!(found(bed).await, broken(1, Broken::Missing));
    }

    async fn each_column_for_searching_is_compared(bed: &Bed) {
        let record = Record { operation: Some(id(1)), ..look(1) };
        bed.store.append_looks(vec![record]).await.unwrap();
        let whole = found(bed).await;
        assert!(matches!(whole, Verdict::Verified { .. }));
        for (change, back) in [
            ("UPDATE audit SET at = at + 1", "UPDATE audit SET at = at - 1"),
            ("UPDATE audit SET what = what || 'x'", "UPDATE audit SET what = 'looked'"),
            ("UPDATE audit SET person = person || 'x'", "UPDATE audit SET person = 'alice'"),
            ("UPDATE audit SET operation = ''", "UPDATE audit SET operation = $1"),
            ("UPDATE audit SET request = ''", "UPDATE audit SET request = 'M2WQ7A'"),
        ] {
            bed.tamper(change, vals![]).await;
            assert_eq!(found(bed).await, broken(1, Broken::Columns), "{change}");
            let operation = id(1);
            let args = vals![operation.as_str()];
            bed.tamper(back, if back.contains("$1") { args } else { &[] }).await;
            assert_eq!(found(bed).await, whole, "{back}");
        }
        bed.tamper("UPDATE audit SET hash = UPPER(hash)", vals![]).await;
        assert_eq!(found(bed).await, broken(1, Broken::Changed));
    }

    async fn what_is_found_by_a_column_is_shown_only_if_its_bytes_say_the_same(bed: &Bed) {
        let of = |operation: u32| Record { operation: Some(id(operation)), ..look(1) };
        bed.store.append_looks((0..300).map(|number| of(number % 2)).collect()).await.unwrap();
        let about = AuditFilter { operation: Some(id(1)), ..AuditFilter::default() };
        let page = AuditPage { before: None, limit: 100 };
        let genuine = bed.store.audit_search(&about, page).await.unwrap();
        assert_eq!(genuine.len(), 100);
        let operation = id(1);
        // Those of the other operation seem to be of this one, those of this one seem to be another person's.
        bed.tamper("UPDATE audit SET operation = $1 WHERE seq > 100", vals![operation.as_str()]).await;
        bed.tamper("UPDATE audit SET person = 'mallory' WHERE seq = 300", vals![]).await;
        bed.tamper("UPDATE audit SET body = '{}' WHERE seq = 298", vals![]).await;
        let left: Vec<_> = genuine.iter().filter(|one| one.seq != 300 && one.seq != 298).cloned().collect();
        let found = bed.store.audit_search(&about, page).await.unwrap();
        assert_eq!(found[..98], left[..], "what does not fit is left out");
        assert_eq!(found.len(), 100, "and does not make a page short");
        assert!(found.iter().all(|one| one.record.operation == Some(id(1))));
        let mallory = AuditFilter { person: Some("mallory".parse().unwrap()), ..AuditFilter::default() };
        assert_eq!(bed.store.audit_search(&mallory, page).await.unwrap(), []);
    }

    async fn the_log_is_searched_page_by_page(bed: &Bed) {
        bed.queued(1).await;
        filled(bed).await;
        let about = AuditFilter { operation: Some(id(1)), ..AuditFilter::default() };
        let page = AuditPage { before: None, limit: 9 };
        let found = bed.store.audit_search(&about, page).await.unwrap();
        assert_eq!(found.iter().map(|one| one.record.what.as_str()).collect::<Vec<_>>(), ["queued", "awaiting-approval"]);
        let by = AuditFilter {
            person: Some("alice".parse().unwrap()),
            request: Some("M2WQ7A".parse().unwrap()),
            what: Some("looked".to_owned()),
            from: Some(super::bed::START),
            to: Some(super::bed::START),
            ..AuditFilter::default()
        };
        let mut before = None;
        let mut seen = 0;
        loop {
            let page = bed.store.audit_search(&by, AuditPage { before, limit: 1_000 }).await.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page.len() <= 200, "pages are bounded");
            before = Some(last.seq);
            seen += page.len();
        }
        assert_eq!(seen, usize::try_from(MANY).unwrap());
        let nobody = AuditFilter { person: Some("bob".parse().unwrap()), ..AuditFilter::default() };
        assert_eq!(bed.store.audit_search(&nobody, page).await.unwrap(), []);
    }

    async fn exported_lines_are_the_bytes_that_were_hashed(bed: &Bed) {
        let head = filled(bed).await;
        let mut out = Vec::new();
        assert_eq!(bed.store.audit_export(Format::JsonLines, &mut out).await.unwrap(), head.seq);
        let text = String::from_utf8(out).unwrap();
        let mut prev = "0".repeat(64);
        for line in text.lines() {
            assert!(line.contains(&format!("\"prev\":\"{prev}\"")), "{line}");
            prev = Digest::of(line.as_bytes()).to_string();
        }
        assert_eq!(prev, head.hash.to_string());
    }

    async fn exported_tables_hold_no_formula(bed: &Bed) {
        bed.store.append_looks(vec![Record { what: "=cmd|'/c calc'!A1".to_owned(), ..look(1) }]).await.unwrap();
        let mut out = Vec::new();
        bed.store.audit_export(Format::Csv, &mut out).await.unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[0], "seq,at,what,account,person,operation,request,digest,facts,hash");
        assert!(lines[1].starts_with("\"1\",\"2023-11-14T22:13:20.000Z\",\"'=cmd|'/c calc'!A1\",\"discord:7\","), "{}", lines[1]);
    }
}

/// SQLite keeps in a column what it is given, of whatever type.
#[tokio::test]
async fn a_value_of_another_type_is_found() {
    let bed = Bed::sqlite().await;
    let head = filled(&bed).await;
    let copy = "INSERT INTO audit (seq, at, what, person, operation, request, body, hash) \
         SELECT 700.5, at, what, person, operation, request, body, hash FROM audit WHERE seq = 3";
    bed.tamper(copy, vals![]).await;
    assert_eq!(found(&bed).await, broken(701, Broken::Unreadable));
    bed.tamper("UPDATE audit SET seq = 0.5 WHERE seq = 700.5", vals![]).await;
    assert_eq!(found(&bed).await, broken(0, Broken::Foreign));
    bed.tamper("UPDATE audit SET seq = 'last' WHERE seq = 0.5", vals![]).await;
    assert_eq!(found(&bed).await, broken(head.seq, Broken::Head));
    bed.tamper("DELETE FROM audit WHERE seq = 'last'", vals![]).await;
    bed.tamper("UPDATE audit SET what = x'00' WHERE seq = 900", vals![]).await;
    assert_eq!(found(&bed).await, broken(900, Broken::Unreadable));
    bed.clear().await;
}
