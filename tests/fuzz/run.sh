#!/usr/bin/env bash
# make fuzz: each target for FUZZ_SECONDS under libFuzzer with AddressSanitizer.
# Usage: run.sh TARGET…
set -euo pipefail
cd "$(dirname "$0")/../.." || exit
out=build/fuzz
mkdir -p $out
# What the targets need of the library: no server, no network.
sources=(common/base/*.cpp common/io/{json,json_scan,json_writer,csv,smpp,outbound_url,crypto,cbor,signature}.cpp
  common/sms/{encoding,dlr,status,charset,msisdn,address}.cpp common/web/router.cpp
  common/carrier/http/{value_path,callback}.cpp common/identity/{address_list,passkey,user_fields,guessing}.cpp
  handlers/carrier/{callback,mo_request}.cpp)
libraries=(-lcbor -lcsv -lphonenumber -lprotobuf -lcrypto -licuuc)
for target in "$@"; do
  echo "== $target: ${FUZZ_SECONDS:-60} s"
  # RapidJSON adds to a null pointer inside its stack; clang's check of that is not ours to satisfy.
  clang++ -std=c++20 -O1 -g -DRAPIDJSON_NOMEMBERITERATORCLASS -Wno-everything \
    -fsanitize=fuzzer,address,undefined -fno-sanitize=pointer-overflow -I. -Ibuild/debug/gen \
    -Ibuild/${MODE:-debug}/gen "tests/fuzz/$target.cpp" "${sources[@]}" "${libraries[@]}" -o "$out/$target"
  mkdir -p "$out/corpus-$target"
  # What is known to have been dangerous is tried first.
  seeds=()
  [ ! -d "tests/fuzz/seeds/$target" ] || seeds=("tests/fuzz/seeds/$target")
  "$out/$target" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=8192 -print_final_stats=1 \
    "$out/corpus-$target" "${seeds[@]}" 2>&1 | tail -n 8
done
