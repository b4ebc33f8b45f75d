// A kind of change is one room: its struct, and what the journal asks of it. Each stands in a file
// pair of changes/.
#pragma once

namespace dundun {

class Reads;
class WriteSet;
struct Admitted;
struct Decision;
struct Known;
struct News;

// Which of the journal's writers takes a change, if there are two.
enum class Lane {
  kEntering,  // what enters, and is charged or credited
  kMoving,    // what becomes of it later
};

// Specialised beside each kind of change. std::visit goes to it, so a kind without one, or with a
// step missing, does not compile.
//   kLane  which writer takes the change
//   wants  names the rows to lock and read before it is decided (reads.h)
//   decide admits or refuses it by what is known; pure (admission.h)
//   tell   says what others hear of it once it is admitted: live events, notifications (news.h)
//   write  adds its rows once it is admitted (write_set.h)
// A kind may have one more:
//   prepare completes the change when it is handed in, before it waits
//   is_kept whether it is tried on after its caller was told that there is no commit, because
//   nobody
//           can say it again
template <class Change>
struct ChangeKind;

// Stands for a step that a kind does not have: it reads, tells or writes nothing by itself.
struct Nothing {
  template <class... Any>
  constexpr void operator()(const Any&...) const {}
};

}  // namespace dundun
