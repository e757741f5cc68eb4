#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own mutations. Returns the new length, which is at most `lengthMax`.
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t lengthMax);
