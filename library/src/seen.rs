//! What is seen, as the suite is told.

use serde_json::{Value, json};

use crate::said::Reply;

/// A call that came back.
pub(crate) fn reply(by: &str, thread: u32, reply: &Reply) -> Value {
    let mut told = json!(reply);
    if let Value::Object(told) = &mut told {
        told.extend([
            ("what".to_string(), json!("reply")),
            ("by".to_string(), json!(by)),
            ("thread".to_string(), json!(thread)),
        ]);
    }
    told
}

/// A status callback that was told something.
pub(crate) fn progress(by: &str, thread: u32, percent: u32) -> Value {
    json!({ "what": "progress", "by": by, "thread": thread, "percent": percent })
}
