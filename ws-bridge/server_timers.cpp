// How libwebsockets (4.1) keeps its timers: one list of all sockets', the next first. The library
// walks it from the front to find a new timer's place, and most are the farthest: ten thousand
// sockets that connect again cost it half of the bridge's time. So this program defines the
// library's function itself, and the dynamic linker gives it to the library.
#include <libwebsockets.h>

// Puts `added` before the first that does not come before it, as the library's own does, but looks
// for the place from both ends.
extern "C" __attribute__((visibility("default"))) void lws_dll2_add_sorted(
    lws_dll2_t* added, lws_dll2_owner_t* list,
    int (*compare)(const lws_dll2_t* one, const lws_dll2_t* other)) {
  lws_dll2_t* back = list->tail;
  for (lws_dll2_t* front = list->head; front != nullptr; front = front->next) {
    if (compare(front, added) >= 0) return lws_dll2_add_before(added, front);
    if (compare(back, added) < 0) {
      if (back->next != nullptr) return lws_dll2_add_before(added, back->next);
      break;
    }
    back = back->prev;
  }
  lws_dll2_add_tail(added, list);
}
