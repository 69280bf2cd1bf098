// SPDX-License-Identifier: GPL-2.0-only
// Reading capture files: what a record holds, and the sentence for each way a file can be broken.
#include "guest/capture.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/guest/scratch_file.hpp"

namespace gupdiff {
namespace {

const std::string kHeader = R"j({"format":1,"kernel":"6.12","arch":"x86_64","image":"i","levels":5})j" "\n";
const std::string kRecord =
    R"j({"s":"t2.ap.rw.w","c":"gup.W.n3@510","fl":"0x1","n":3,"ret":3,"lk":1,"vma":"rw-p,mayw +514",)j"
    R"j("pg0":"F0:510-511 -x1","got":"F0:510-511 HZ1:0","pg2":"F0:510-511 ZERO x1",)j"
    R"j("pre":"pmd:leaf[WADs]=F0:510","held":"pte:none","post":"pte:marker(1)","raw":["0x10","0xff"],)j"
    R"j("fol":[{"id":"F0","i":0,"o":9,"f":"C,anon","f2":"","ref":[1,3,1],"pin":[null,0,0],"map":[1,1,1],"ent":[1,1,1]}],)j"
    R"j("flt":[[2,"W|RETRY|KILL","0x4200"],["...",9]],"hflt":[],"mf":[1,0],"pool":[-1,-1]})j" "\n";

std::string refusal(const std::string& content, const std::string& name = "broken.jsonl") {
  const ScratchFile file(name, content);
  return sentence([&] { read_capture(file.path); });
}

TEST(Capture, RecordKeepsEverythingComparedLater) {
  const ScratchFile file("record.jsonl", kHeader + kRecord);
  const Capture c = read_capture(file.path);
  ASSERT_EQ(c.records.size(), 1u);
  EXPECT_EQ(c.kernel, "6.12");
  EXPECT_EQ(c.levels, 5);
  const CaptureRecord& r = c.records[0];
  EXPECT_EQ(r.line, 2u);
  EXPECT_TRUE(r.answered());
  EXPECT_EQ(r.ret, 3);
  EXPECT_EQ(r.locked, 1);
  ASSERT_EQ(r.pages_before.size(), 2u);
  EXPECT_EQ(r.pages_before[0].first, 510u);
  EXPECT_EQ(r.pages_before[0].count, 2u);
  EXPECT_EQ(r.pages_before[1].kind, CapturedRun::Kind::unmapped);
  EXPECT_EQ(r.pages_got[1].folio, 1);
  EXPECT_EQ(r.pages_after[1].kind, CapturedRun::Kind::zero_page);
  EXPECT_EQ(r.before.level, Level::pmd);
  EXPECT_EQ(r.before.kind, "leaf");
  EXPECT_EQ(r.before.subpage, 510u);
  EXPECT_EQ(r.after.kind, "marker");
  EXPECT_EQ(r.raw_after, 0xffu);
  ASSERT_EQ(r.folios.size(), 1u);
  EXPECT_EQ(r.folios[0].ref_before, 1);
  EXPECT_FALSE(r.folios[0].pin_before);
  ASSERT_EQ(r.faults.size(), 1u);
  EXPECT_EQ(r.faults[0].flags, FAULT_FLAG_WRITE | FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE);
  EXPECT_EQ(r.faults[0].result, 0x4200u);
  EXPECT_EQ(r.fault_count, 9u);
  EXPECT_EQ(r.pool_change, -1);
}

TEST(Capture, BlockedAndUnbuiltRecordsNeedNoState) {
  const ScratchFile file("short.jsonl",
                         kHeader + R"j({"s":"a","c":"gup","ret":"BLOCKED","stack":["handle_userfault"]})j" "\n" +
                             R"j({"s":"a","c":"gup","setup_err":"mmap errno 12"})j" "\n" +
                             R"j({"s":"a","c":"gup.MIGRATION","ret":-10000})j" "\n");
  const Capture c = read_capture(file.path);
  ASSERT_EQ(c.records.size(), 3u);
  EXPECT_TRUE(c.records[0].blocked);
  EXPECT_EQ(c.records[0].stack.size(), 1u);
  EXPECT_TRUE(c.records[0].answered());
  EXPECT_FALSE(c.records[1].answered());
  EXPECT_FALSE(c.records[2].answered());
}

TEST(Capture, GzipAndPlainTextReadAlike) {
  const std::string text = kHeader + kRecord;
  const ScratchFile file("packed.jsonl.gz", "");
  gzFile out = gzopen(file.path.c_str(), "wb");
  ASSERT_NE(out, nullptr);
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
  EXPECT_EQ(read_capture(file.path).records.size(), 1u);

  const std::string packed = content_of(file.path);
  const std::string message = refusal(packed.substr(0, packed.size() - 20), "cut.jsonl.gz");
  EXPECT_NE(message.find("cut off or damaged"), std::string::npos) << message;
}

TEST(Capture, LineThatIsNoJsonIsNamed) {
  const std::string message = refusal(kHeader + kRecord + "{\"s\":\n");
  EXPECT_NE(message.find("broken.jsonl:3: is not JSON"), std::string::npos) << message;
}

TEST(Capture, MissingKeyIsNamed) {
  const std::string message = refusal(kHeader + R"j({"s":"k4.ap.rw.0","c":"gup","ret":1})j" "\n");
  EXPECT_NE(message.find(":2: the key \"fl\" is missing"), std::string::npos) << message;
}

TEST(Capture, WrongTypesAreNamed) {
  EXPECT_NE(refusal(kHeader + R"j({"s":7,"c":"gup","ret":1})j" "\n").find("\"s\" is not a string"), std::string::npos);
  EXPECT_NE(refusal(kHeader + "[1]\n").find("is no JSON object"), std::string::npos);
  std::string record = kRecord;
  record.replace(record.find("\"0x10\""), 6, "\"0xzz\"");
  EXPECT_NE(refusal(kHeader + record).find("'zz' is not a number"), std::string::npos);
}

TEST(Capture, UnknownFormatIsRefused) {
  const std::string message = refusal(R"j({"format":2,"kernel":"6.12","arch":"x86_64"})j" "\n");
  EXPECT_NE(message.find(":1: format 2 is not known"), std::string::npos) << message;
}

TEST(Capture, LevelsMayBeUntoldButNotImpossible) {
  const ScratchFile file("levels.jsonl", R"j({"format":1,"kernel":"6.12","arch":"arm64","levels":null})j" "\n");
  EXPECT_FALSE(read_capture(file.path).levels);
  EXPECT_NE(refusal(R"j({"format":1,"kernel":"6.12","arch":"x86_64","levels":6})j" "\n").find("not one of 1 to 5"),
            std::string::npos);
}

TEST(Capture, EmptyMissingAndFolderAreRefused) {
  EXPECT_NE(refusal("").find("is empty"), std::string::npos);
  EXPECT_NE(sentence([] { read_capture("/nonexistent/x.jsonl"); }).find("cannot be opened"), std::string::npos);
  EXPECT_NE(sentence([] { read_capture("/tmp"); }).find("is a directory"), std::string::npos);
}

}  // namespace
}  // namespace gupdiff
