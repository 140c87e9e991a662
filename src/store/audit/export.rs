//! The audit log as files for other programs.

use super::chain::{AuditRow, named};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::rows::{from_json, json};
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// How many entries are in memory at once.
const AT_ONCE: i64 = 500;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line: exactly the bytes that were hashed, so that the chain can be checked without this program
    /// (SHA-256 of a line without its end is `prev` of the next).
    JsonLines,
    /// For spreadsheets: what a cell would be taken for a formula by is neutralised.
    Csv,
}

/// The first line of a CSV export.
const CSV_HEADER: &str = "seq,at,what,account,person,operation,request,digest,facts,hash\r\n";

impl Store {
    /// Writes all entries of the chain, oldest first, up to the head of now; how many. Whether they fit is for
    /// [`Store::audit_verify`] to say: what was altered is exported as it stands.
    ///
    /// # Errors
    /// As all calls of the store; [`StoreError::Unavailable`] also if the output takes no more.
    pub async fn audit_export(
        &self,
        format: Format,
        out: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<i64, StoreError> {
        let end = self.audit_head().await?.seq;
        let failed = |error: std::io::Error| StoreError::Unavailable(format!("writing the export: {error}"));
        if format == Format::Csv {
            out.write_all(CSV_HEADER.as_bytes()).await.map_err(failed)?;
        }
        let mut last = 0;
        let mut count = 0;
        while last < end {
            let rows = self.audit_after(last, AT_ONCE.min(end - last)).await?;
            let Some(newest) = rows.last() else { break };
            last = newest.seq;
            for row in rows {
                let line = match format {
                    Format::JsonLines => format!("{}\n", row.body),
                    Format::Csv => csv_line(row)?,
                };
                out.write_all(line.as_bytes()).await.map_err(failed)?;
                count += 1;
            }
        }
        out.flush().await.map_err(failed)?;
        Ok(count)
    }
}

fn csv_line(row: AuditRow) -> Result<String, StoreError> {
    let body = from_json(&row.body, "an audit entry")?;
    let entry = row.entry(body);
    let (person, operation, request) = named(&entry.record);
    let account = match &entry.record.actor {
        engine::Actor::Person { account, .. } => account.to_string(),
        engine::Actor::Engine => "engine".to_owned(),
    };
    let cells = [
        entry.seq.to_string(),
        entry.at.to_string(),
        entry.record.what.clone(),
        account,
        person.to_owned(),
        operation.to_owned(),
        request.to_owned(),
        entry.record.digest.map(|digest| digest.to_string()).unwrap_or_default(),
        json(&entry.record.facts)?,
        entry.hash.to_string(),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
    Ok(format!("{}\r\n", cells.join(",")))
}

/// A cell, quoted. One that begins like a formula gets an apostrophe in front, as OWASP recommends against CSV injection.
fn csv_cell(text: &str) -> String {
    let begins_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let guard = if begins_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::csv_cell;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        assert_eq!(csv_cell("plain, with comma"), "\"plain, with comma\"");
        assert_eq!(csv_cell("say \"yes\""), "\"say \"\"yes\"\"\"");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(csv_cell(formula), format!("\"'{formula}\""));
        }
    }
}
