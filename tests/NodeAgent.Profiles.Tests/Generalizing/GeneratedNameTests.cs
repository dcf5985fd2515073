// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Tests.Generalizing;

public sealed class GeneratedNameTests
{
    private const string Hex32 = "d41d8cd98f00b204e9800998ecf8427e";

    [Theory]
    [InlineData("0d7c1f0e-2a57-4c5b-9f0e-1a2b3c4d5e6f", true)]
    [InlineData("0D7C1F0E-2A57-4C5B-9F0E-1A2B3C4D5E6F.json", true)]
    [InlineData("pod0d7c1f0e-2a57-4c5b-9f0e-1a2b3c4d5e6f", true)]
    [InlineData("kubepods-burstable-pod0d7c1f0e_2a57_4c5b_9f0e_1a2b3c4d5e6f.slice", true)]
    [InlineData("0d7c1f0e-2a57-4c5b-9f0e-1a2b3c4d5e6", false)]
    [InlineData("0d7c1f0e-2a57-4c5b-9f0e-1a2b3c4d5e6f7", false)]
    [InlineData("0d7c1f0e-2a57-4c5b-9f0eg1a2b3c4d5e6f", false)]
    [InlineData(Hex32, true)]
    [InlineData("sha256:" + Hex32 + Hex32, true)]
    [InlineData("cri-containerd-" + Hex32 + Hex32 + ".scope", true)]
    [InlineData("d41d8cd98f00b204e9800998ecf8427", false)]
    [InlineData("x" + Hex32, false)]
    [InlineData(Hex32 + "z", false)]
    [InlineData("access-2026-11-21.log", true)]
    [InlineData("2026-11-21", true)]
    [InlineData("2026_11_21T10:15:30Z", true)]
    [InlineData("dump20261121.sql.gz", true)]
    [InlineData("20261121101530", true)]
    [InlineData("20261121T101530Z.wal", true)]
    [InlineData("202611211015", true)]
    [InlineData("2026-13-21", false)]
    [InlineData("2026-11-32", false)]
    [InlineData("2026-11-211", false)]
    [InlineData("20261321", false)]
    [InlineData("20261121245900", false)]
    [InlineData("120261121", false)]
    [InlineData("2026-11", false)]
    [InlineData("libabsl_base.so.20230802.0.0", false)]
    [InlineData("certifi-2022.12.07.dist-info", false)]
    [InlineData("12345678", false)]
    [InlineData("19700101", false)]
    [InlineData("passwd", false)]
    [InlineData("x86_64-linux-gnu", false)]
    [InlineData("", false)]
    public void Is_Name_IsTold(string name, bool expected) => Assert.Equal(expected, GeneratedName.Is(name));

    [Fact]
    public void Is_AnyText_DoesNotThrow()
    {
        var random = new Random(5);
        const string Letters = "0129af-_.TZx⋯/é";
        for (int i = 0; i < 200_000; i++)
        {
            GeneratedName.Is(string.Create(random.Next(40), random, static (text, r) =>
            {
                for (int at = 0; at < text.Length; at++)
                {
                    text[at] = Letters[r.Next(Letters.Length)];
                }
            }));
        }
    }
}
