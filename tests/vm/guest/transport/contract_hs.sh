# SPDX-License-Identifier: MIT
source "$(dirname "$0")/contract.sh"
check_contract hs
