// Numbers as carriers write them that leave out the country.
#pragma once

#include "common/inbound/owner.h"

namespace dundun {

// Makes national forms of `mo` numbers: by the country of the number that was texted, or else of
// this carrier's routes. Of several readings of a sender, the one whom an owner of the number
// texted last.
Status read_national_forms(PgPool& pg, const std::string& carrier, MoRequest& mo);

}  // namespace dundun
