// SPDX-License-Identifier: MIT
#include "fs/uevent.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using gpiofs::fs::is_synthetic_uevent;

namespace {

const std::string uuid = "fe4d7c9d-b8c6-4a70-9ef1-3d8a58d18eed";

}  // namespace

TEST_CASE("uevent: what the kernel takes") {
    for (const std::string& text : std::vector<std::string>{
             "add", "unbind\n", "add " + uuid, "change " + uuid + "\n", "add " + uuid + " KEY=1",
             "add " + uuid + " A=1 B=abc\n", "remove " + uuid + " 1=x",
             "add FE4D7C9D-B8C6-4A70-9EF1-3D8A58D18EED", "add " + uuid + " \xe9=\xc9"}) {
        CAPTURE(text);
        CHECK(is_synthetic_uevent(text));
    }
}

TEST_CASE("uevent: what the kernel refuses") {
    for (const std::string& text :
         std::vector<std::string>{"",
                                  "\n",
                                  "ad",
                                  "addx",
                                  "ADD",
                                  "add\n\n",
                                  " add",
                                  "add ",
                                  "add \n",
                                  "add KEY=1",
                                  "add  " + uuid,
                                  uuid,
                                  "add " + uuid + " ",
                                  "add " + uuid + " \n",
                                  "add " + uuid + "  A=1",
                                  "add " + uuid + " A",
                                  "add " + uuid + " =1",
                                  "add " + uuid + " A=",
                                  "add " + uuid + " A=1 ",
                                  "add " + uuid + " A=1=2",
                                  "add " + uuid + " A_B=1",
                                  "add " + uuid + " A=1\tB=2",
                                  "add " + uuid + "0",
                                  "add " + uuid.substr(1),
                                  "add fe4d7c9d-b8c6-4a70-9ef1-3d8a58d18eeg",
                                  "add fe4d7c9db-8c6-4a70-9ef1-3d8a58d18eed",
                                  "add " + uuid + " A=\xd7",
                                  "add\n " + uuid}) {
        CAPTURE(text);
        CHECK_FALSE(is_synthetic_uevent(text));
    }
}
