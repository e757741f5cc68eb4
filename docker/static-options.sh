# Sourced by what builds the images' programs. $1 is the folder of the sources, as the compiler sees
# it.
# shellcheck shell=bash disable=SC2034  # who sources it reads the list
#
# muldefs: Sources/CLinux/WipingFree.c replaces functions of libc.
static_options=(
    --static-swift-stdlib -Xswiftc -static-executable
    -Xlinker --no-eh-frame-hdr -Xlinker --icf=all -Xlinker "-T$1/docker/static.ld"
    -Xlinker "--symbol-ordering-file=$1/docker/start.order"
    -Xlinker --no-warn-symbol-ordering -Xlinker -z -Xlinker muldefs
)
