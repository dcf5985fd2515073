#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
mkdir /srv/data
cd /srv/data || exit
for i in $(seq 1 30); do : > "$i.pdf"; mv "$i.pdf" "$i.pdf.locked"; done
: > HOW_TO_DECRYPT.txt
for i in $(seq 1 12); do echo x | openssl enc -aes-256-cbc -pbkdf2 -k x -out "$i.enc"; done
