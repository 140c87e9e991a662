//! The chain: every way of tampering is found.

use super::bed::{Bed, id};
use super::contract;
use crate::store::audit::{AuditFilter, AuditPage, Broken, Format, Head, Verdict};
use crate::store::database::vals;
use engine::{Actor, Record};
use interlock::facts::Facts;
use interlock::plan::Digest;
use interlock::principal::Account;

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
