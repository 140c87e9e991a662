//! A store that is only read: beside its owner, without it, and never a writer.

use super::bed::{Bed, clock, id, open, plan};
use super::contract;
use crate::store::audit::{Format, Verdict};
use crate::store::database::vals;
use crate::store::{Reader, Store, StoreError};

contract! {
    async fn a_reader_works_beside_the_owner_that_goes_on_writing(bed: &Bed) {
        bed.awaiting(1).await;
        let reader = Reader::open(&bed.url, clock()).await.unwrap();
        let first = reader.audit_head().await.unwrap();
        bed.queued(2).await;
        let head = bed.store.audit_head().await.unwrap();
        assert!(head.seq > first.seq, "the owner goes on writing");
        assert_eq!(reader.audit_head().await.unwrap(), head);
        assert_eq!(reader.audit_verify(Some(first)).await.unwrap(), Verdict::Verified { head, outside: Some(first) });
        let (mut read, mut owned) = (Vec::new(), Vec::new());
        assert_eq!(reader.audit_export(Format::Csv, &mut read).await.unwrap(), head.seq);
        bed.store.audit_export(Format::Csv, &mut owned).await.unwrap();
        assert_eq!(read, owned);
        let shown = reader.plan(&id(1)).await.unwrap().unwrap();
        assert_eq!(shown.bytes(), plan(&id(1), 1).bytes());
        assert_eq!(reader.plan(&id(9)).await.unwrap(), None);
        reader.close().await;
    }

    async fn a_reader_finds_what_was_tampered_with(bed: &Bed) {
        bed.awaiting(1).await;
        bed.tamper("UPDATE audit SET person = 'mallory' WHERE seq = 1", vals![]).await;
        bed.tamper("UPDATE plans SET bytes = bytes || ' '", vals![]).await;
        let reader = Reader::open(&bed.url, clock()).await.unwrap();
        assert!(matches!(reader.audit_verify(None).await.unwrap(), Verdict::Broken { seq: 1, .. }));
        assert!(matches!(reader.plan(&id(1)).await, Err(StoreError::Damaged(_))));
        reader.close().await;
    }

    /// The type has no call that writes; the database refuses too, whatever is added to the type later.
    async fn the_database_refuses_a_reader_that_writes(bed: &Bed) {
        bed.awaiting(1).await;
        let reader = Reader::open(&bed.url, clock()).await.unwrap();
        let before = bed.store.audit_head().await.unwrap();
        let written = reader.0.append_looks(vec![super::audit::look(1)]).await;
        assert!(matches!(&written, Err(StoreError::Unavailable(why)) if why.contains("read")), "{written:?}");
        assert!(matches!(reader.0.ping().await, Err(StoreError::Unavailable(_))));
        assert_eq!(bed.store.audit_head().await.unwrap(), before);
        reader.close().await;
    }

    async fn a_reader_knows_an_earlier_and_a_later_schema(bed: &Bed) {
        bed.awaiting(1).await;
        let newest = super::super::connect::MIGRATIONS.iter().map(|one| one.version).max().unwrap();
        bed.tamper("UPDATE _sqlx_migrations SET version = version + 1 WHERE version = $1", vals![newest]).await;
        let later = Reader::open(&bed.url, clock()).await.err();
        assert!(matches!(&later, Some(StoreError::Damaged(why)) if why.contains("does not know")), "{later:?}");
        bed.tamper("DELETE FROM _sqlx_migrations WHERE version > $1", vals![newest]).await;
        assert_eq!(Reader::open(&bed.url, clock()).await.err(), Some(StoreError::Older));
    }
}

#[tokio::test]
async fn a_reader_makes_no_file_and_takes_no_lock() {
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    assert_eq!(Reader::open(&url, clock()).await.err(), Some(StoreError::Missing));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made");
    let owner = open(&url).await;
    owner.close().await;
    drop(owner);
    let reader = Reader::open(&url, clock()).await.unwrap();
    let owner = Store::open(&url, clock()).await.expect("the reader is not the owner");
    assert_eq!(reader.audit_head().await.unwrap(), owner.audit_head().await.unwrap());
    owner.close().await;
    reader.close().await;
}

#[tokio::test]
async fn a_file_that_was_never_a_store_is_not_up_to_date() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("store.db");
    std::fs::write(&file, "").unwrap();
    let opened = Reader::open(&format!("sqlite:{}", file.display()), clock()).await;
    assert_eq!(opened.err(), Some(StoreError::Older));
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);
}

#[tokio::test]
async fn an_address_of_nothing_known_is_refused_to_a_reader_too() {
    for url in ["mysql://root:geheim@localhost/x", "sqlite::memory:", "postgres://signalbox:geheim@host:notaport/x"] {
        let Err(error) = Reader::open(url, clock()).await else { panic!("{url} was opened") };
        assert!(matches!(error, StoreError::Address(_)), "{error:?}");
        assert!(!error.to_string().contains("geheim"), "{error}");
    }
}
