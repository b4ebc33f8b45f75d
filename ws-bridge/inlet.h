// Where bytes of clients come in: the C library's recv(), as libwebsockets calls it.
//
// The library has no hook before its reader of frames. So this program defines recv() itself, and
// the dynamic linker gives it to the library. For a socket that inlet_open() names, what is read
// goes through a FrameGuard; for others, and on other threads, it is the system's.
#pragma once

struct lws;

namespace dundun {

// All on the thread that runs libwebsockets.
void inlet_open(lws* wsi, int fd);  // a client has connected
void inlet_start_frames(int fd);    // the upgrade is answered
// Before the socket is closed, or when the library forgets `wsi`: does nothing if the socket's
// number belongs to another by then.
void inlet_close(lws* wsi, int fd);

}  // namespace dundun
