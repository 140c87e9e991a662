//! Answers: status, headers, JSON.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};

use crate::error::ApiError;

/// What is answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// 200 with JSON.
    pub(crate) fn json(value: &Value) -> Self {
        Self::with_status(200, value)
    }

    /// 204.
    pub(crate) fn nothing() -> Self {
        Self { status: 204, headers: HeaderMap::new(), body: Bytes::new() }
    }

    pub(crate) fn with_status(status: u16, value: &Value) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { status, headers, body: value.to_string().into() }
    }

    /// A file.
    pub(crate) fn file(body: Bytes) -> Self {
        Self { status: 200, headers: HeaderMap::new(), body }
    }

    /// A status with a body that is no JSON, as a proxy in front of Discord answers.
    pub(crate) fn bare(status: u16) -> Self {
        Self { status, headers: HeaderMap::new(), body: format!("<html>error {status}</html>").into() }
    }

    /// 429.
    pub(crate) fn too_many(retry_after: Duration, scope: &'static str) -> Self {
        let seconds = retry_after.as_secs_f64();
        let message = "You are being rate limited.";
        let body = json!({"message": message, "retry_after": seconds, "global": scope == "global"});
        let mut answer = Self::with_status(429, &body);
        // Retry-After is in whole seconds; the body has the fraction.
        answer.put("retry-after", &retry_after.as_millis().div_ceil(1_000).to_string());
        answer.put("x-ratelimit-scope", scope);
        if scope == "global" {
            answer.put("x-ratelimit-global", "true");
        }
        answer
    }

    pub(crate) fn put(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
    }

    pub(crate) fn with_headers(mut self, headers: &[(&'static str, String)]) -> Self {
        headers.iter().for_each(|(name, value)| self.put(name, value));
        self
    }

    pub(crate) fn into_response(self) -> Response {
        let body = Body::from(self.body);
        build(self.status, self.headers, body)
    }

    /// Promises the whole body, sends half, then breaks off.
    pub(crate) fn into_half_response(mut self) -> Response {
        self.put("content-length", &self.body.len().max(2).to_string());
        let half = self.body.slice(..self.body.len() / 2);
        // The pause between the half and the end lets the half go out.
        let parts = stream::unfold(Some(half), |half| async move {
            let half = half?;
            tokio::task::yield_now().await;
            Some((Ok::<_, Infallible>(half), None))
        });
        build(self.status, self.headers, Body::from_stream(parts))
    }
}

fn build(status: u16, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self::with_status(error.status, &error.body())
    }
}
