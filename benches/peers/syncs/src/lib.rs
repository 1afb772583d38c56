//! Takes the place of `fsync` and `fdatasync`, counts the calls and passes them on. For `LD_PRELOAD`.

use std::ffi::{CStr, c_int};
use std::sync::atomic::{AtomicU64, Ordering};

static COUNT: AtomicU64 = AtomicU64::new(0);

/// The calls so far.
#[unsafe(no_mangle)]
pub extern "C" fn syncs_so_far() -> u64 {
    COUNT.load(Ordering::Relaxed)
}

#[unsafe(no_mangle)]
pub extern "C" fn fsync(file: c_int) -> c_int {
    counted(c"fsync", file)
}

#[unsafe(no_mangle)]
pub extern "C" fn fdatasync(file: c_int) -> c_int {
    counted(c"fdatasync", file)
}

fn counted(name: &CStr, file: c_int) -> c_int {
    COUNT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: both functions of the C library have this type, and the library is loaded as long as the process.
    unsafe {
        let next = libc::dlsym(libc::RTLD_NEXT, name.as_ptr());
        if next.is_null() {
            return -1;
        }
        let next: extern "C" fn(c_int) -> c_int = std::mem::transmute(next);
        next(file)
    }
}
