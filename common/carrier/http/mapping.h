// Reads the parts of a description that are about callbacks.
#pragma once

#include "common/carrier/http/described_fields.h"
#include "common/carrier/http/description.h"

namespace dundun {

enum class Needed { kMayBeAbsent, kMustBeThere };
// A path that is absent points at nothing.
Result<ValuePath> read_path(DescribedFields& fields, const char* name, Needed needed);

// One path or a list of paths; empty if absent.
Result<std::vector<ValuePath>> read_paths(DescribedFields& fields, const char* name);

Result<DlrMapping> read_dlr_mapping(DescribedFields& fields);
Result<MoMapping> read_mo_mapping(DescribedFields& fields);
Result<OptOutMapping> read_opt_out_mapping(DescribedFields& fields);
Result<CallbackProof> read_callback_proof(DescribedFields& fields, const CarrierSecrets& secrets);

}  // namespace dundun
