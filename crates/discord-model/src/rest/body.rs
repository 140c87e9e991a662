//! Reading a request: path, query, JSON or form.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;

use super::call::{Call, Upload};
use super::endpoints;
use crate::error::{self, ApiError};
use crate::limits;

/// Room for a form's boundaries and part headers beside what counts against Discord's limit.
const FORM_OVERHEAD: usize = 16 * 1024;

/// Bytes read of a body that is too large anyway: an answer before the client has sent all would be lost.
const READABLE: usize = 4 * limits::REQUEST_BYTES;

pub(crate) async fn read(request: Request) -> Result<Call, ApiError> {
    let (parts, body) = request.into_parts();
    let method = parts.method.as_str().to_owned();
    let path = parts.uri.path().trim_start_matches("/api/v10").to_owned();
    let query = parts.uri.query().map(pairs).unwrap_or_default();
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let bytes = to_bytes(body, READABLE).await.map_err(|_| error::TOO_LARGE)?;
    if bytes.len() > limits::REQUEST_BYTES + FORM_OVERHEAD {
        return Err(error::TOO_LARGE);
    }
    let (body, files) =
        if kind.starts_with("multipart/form-data") { form(&kind, bytes).await? } else { (json(&bytes)?, Vec::new()) };
    let (endpoint, parameters) = endpoints::find(&method, &path).unzip();
    Ok(Call { method, path, endpoint, parameters: parameters.unwrap_or_default(), query, body, files })
}

fn json(bytes: &[u8]) -> Result<Value, ApiError> {
    if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(bytes).map_err(|_| error::BAD_JSON) }
}

/// A form: `payload_json` and `files[n]`.
async fn form(kind: &str, bytes: Bytes) -> Result<(Value, Vec<Upload>), ApiError> {
    let request = Request::builder().header(CONTENT_TYPE, kind).body(Body::from(bytes));
    let mut request = request.map_err(|_| error::BAD_JSON)?;
    // The extractor's own limit is 2 MB; the body is bounded already.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| error::BAD_JSON)?;
    let (mut payload, mut files) = (Value::Null, Vec::new());
    while let Some(field) = form.next_field().await.map_err(|_| error::BAD_JSON)? {
        let name = field.name().unwrap_or_default().to_owned();
        let filename = field.file_name().unwrap_or_default().to_owned();
        let content_type = field.content_type().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_| error::BAD_JSON)?;
        if name == "payload_json" {
            payload = json(&bytes)?;
        } else if let Some(index) = file_index(&name) {
            files.push(Upload { index, filename, content_type, bytes });
        }
    }
    Ok((payload, files))
}

fn file_index(name: &str) -> Option<u64> {
    name.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()
}

fn pairs(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), endpoints::decode(value))).collect()
}
