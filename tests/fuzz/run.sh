#!/usr/bin/env bash
# make fuzz: each target for FUZZ_SECONDS under libFuzzer with AddressSanitizer and UBSan, as many
# at a time as there are cores. The whole output of a target is kept in build/fuzz/<target>.log.
# Usage: run.sh TARGET…
set -euo pipefail
cd "$(dirname "$0")/../.." || exit
export out=build/fuzz gen=build/${MODE:-debug}/gen
mkdir -p $out/objects
# What the targets need of the programs: no server, no network.
sources=(common/base/*.cpp
  common/io/{json,json_scan,json_writer,pg_values,csv,smpp,outbound_url,crypto,cbor,signature}.cpp
  common/sms/*.cpp common/web/{router,upload,text_fields}.cpp
  common/carrier/http/{value_path,callback,description,mapping,described_fields,template,answer}.cpp
  common/carrier/kannel/conf.cpp common/carrier/reference.cpp common/pay/reference.cpp
  common/identity/{address_list,passkey,oidc,user_fields,guessing}.cpp
  common/sending/delivery_times.cpp common/prices/price_file.cpp
  common/inbound/{ringcentral_text,national_form}.cpp handlers/carrier/{callback,mo_request}.cpp
  handlers/messages/send_request.cpp handlers/bulk/campaign_request.cpp
  ws-bridge/frame_guard.cpp smpp-guard/receipt.cpp)
libraries=(-lpq -lcbor -lcsv -lphonenumber -lprotobuf -lcrypto -licuuc)

# RapidJSON adds to a null pointer inside its stack; clang's check of that is not ours to satisfy.
compile() {
  clang++-16 -std=c++20 -O1 -g -DRAPIDJSON_NOMEMBERITERATORCLASS -Wno-everything \
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=pointer-overflow -I. "-I$gen" \
    -I/usr/include/postgresql \
    -c "$1" -o "$out/objects/${1//\//.}.o"
}
export -f compile
printf '%s\n' "${sources[@]}" "${@/#/tests/fuzz/}" | sed '/^tests/s/$/.cpp/' |
  xargs -P "$(nproc)" -I{} bash -c 'compile {}'

fuzz() {
  clang++-16 -fsanitize=fuzzer,address,undefined "$out/objects/tests.fuzz.$1.cpp.o" \
    "$out/libdundun.a" "${@:2}" -o "$out/$1"
  mkdir -p "$out/corpus-$1"
  # What is known to have been dangerous is tried first.
  local seeds=()
  [ ! -d "tests/fuzz/seeds/$1" ] || seeds=("tests/fuzz/seeds/$1")
  local result=0
  "$out/$1" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=8192 -print_final_stats=1 \
    -artifact_prefix="$out/$1-" "$out/corpus-$1" "${seeds[@]}" > "$out/$1.log" 2>&1 || result=$?
  printf '%-14s %9s runs  %s\n' "$1" \
    "$(awk '/number_of_executed_units/ { print $2 }' "$out/$1.log")" \
    "$([ $result = 0 ] && echo "no finding" || echo "FOUND: $out/$1.log")"
  return $result
}
export -f fuzz
rm -f $out/libdundun.a
ar rcs $out/libdundun.a $out/objects/[!t]*.o
echo "each for ${FUZZ_SECONDS:-60} s"
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} bash -c 'fuzz "$@"' fuzz {} "${libraries[@]}"
