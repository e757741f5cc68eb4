# Sourced by what builds the images' programs. $1 is the folder of the sources, as the compiler sees
# it, and $2 a folder for what is built before them.
# shellcheck shell=bash disable=SC2034  # who sources it reads the lists

# FoundationEssentials of our own: docs/decisions/0007-images-from-scratch.md. Nothing imports the
# regular expressions, which every module would link otherwise.
essentials_options=(
    -O -wmo -parse-as-library -swift-version 6 -static -module-name FoundationEssentials
    -Xfrontend -disable-implicit-string-processing-module-import
    -emit-module -emit-module-path "$2/FoundationEssentials.swiftmodule"
    -emit-object -o "$2/FoundationEssentials.o" "$1/docker/FoundationEssentials.swift"
)
# muldefs: Sources/CLinux/WipingFree.c replaces functions of libc.
static_options=(
    --static-swift-stdlib -Xswiftc -static-executable
    -Xswiftc "-I$2" -Xlinker "$2/FoundationEssentials.o"
    -Xswiftc -Xfrontend -Xswiftc -disable-implicit-string-processing-module-import
    -Xlinker --no-eh-frame-hdr -Xlinker --icf=all -Xlinker "-T$1/docker/static.ld"
    -Xlinker "--symbol-ordering-file=$1/docker/start.order"
    -Xlinker --no-warn-symbol-ordering -Xlinker -z -Xlinker muldefs
)
