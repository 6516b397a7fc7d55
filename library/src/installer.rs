//! An installer's process: it loads the library, and its threads make the calls they are told to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::calls::make;
use crate::exports::{Exports, load};
use crate::said::{Asked, Order, Told};
use crate::simulated;

/// A thread of the installer.
struct Worker {
    exports: Exports,
    orders: Receiver<Order>,
    /// The calls it is in, by the threads that they are said to be of: those behind the first are made by the
    /// status callback of the one before.
    calls: RefCell<Vec<u32>>,
}

thread_local! {
    static WORKER: RefCell<Option<Rc<Worker>>> = const { RefCell::new(None) };
}

/// Does what the standard input says until it ends.
pub(crate) fn run(library: &Path) -> io::Result<()> {
    let exports = match load(library) {
        Ok((exports, steering)) => {
            simulated::enter(steering);
            exports
        }
        Err(why) => {
            tell(&Told::Broken { why });
            return Ok(());
        }
    };
    let mut threads: BTreeMap<u32, Sender<Order>> = BTreeMap::new();
    for line in io::stdin().lines() {
        let order: Order = serde_json::from_str(&line?)?;
        let (by, inside) = match &order {
            Order::Begin(asked) => (asked.thread, asked.inside),
            Order::GoOn { thread } => (*thread, None),
        };
        // A call that a status callback makes is made on the thread of that callback.
        if let Some(outer) = inside.and_then(|outer| threads.get(&outer)).cloned() {
            threads.insert(by, outer);
        } else if inside.is_none() {
            threads.entry(by).or_insert_with(|| start(exports));
        }
        if let Some(worker) = threads.get(&by) {
            let _gone = worker.send(order);
        }
    }
    Ok(())
}

fn start(exports: Exports) -> Sender<Order> {
    let (sender, orders) = channel();
    thread::spawn(move || {
        let worker = Rc::new(Worker { exports, orders, calls: RefCell::default() });
        WORKER.set(Some(Rc::clone(&worker)));
        while let Ok(order) = worker.orders.recv() {
            if let Order::Begin(asked) = order {
                worker.call(&asked);
            }
        }
    });
    sender
}

impl Worker {
    fn call(&self, asked: &Asked) {
        self.calls.borrow_mut().push(asked.thread);
        let made = make(&self.exports, asked, Some(status));
        self.calls.borrow_mut().pop();
        tell(&match made {
            Ok(reply) => Told::Reply { thread: asked.thread, reply: Box::new(reply) },
            Err(why) => Told::Broken { why },
        });
    }

    /// Tells how far the operation is, and does what it is told to until it may go on.
    fn in_callback(&self, percent: u32) {
        let thread = self.calls.borrow().last().copied();
        tell(&Told::Progress { thread: thread.unwrap_or_default(), percent });
        while let Ok(Order::Begin(asked)) = self.orders.recv() {
            self.call(&asked);
        }
    }
}

/// The status callback.
extern "system" fn status(percent: u32) {
    let worker = WORKER.with_borrow(Clone::clone);
    match worker {
        Some(worker) => worker.in_callback(percent),
        // It is to be called on the thread of the operation.
        None => tell(&Told::Broken { why: "a status callback was called on another thread".into() }),
    }
}

fn tell(told: &Told) {
    if let Ok(line) = serde_json::to_string(told) {
        println!("{line}");
    }
}
