// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Sqlite;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Objects;

/// <summary>How the file holds documents.</summary>
public sealed class PackedBodyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public void Of_AnyRest_IsUnpackedAsItWas(int length)
    {
        foreach (string rest in (string[])[new string('x', length), Convert.ToHexString(RandomNumberGenerator.GetBytes((length + 1) / 2))[..length], string.Concat(Enumerable.Repeat("/srv/⋯/", length / 8))])
        {
            byte[] document = Encoding.UTF8.GetBytes($"{{\"metadata\":{{\"name\":\"a\",\"resourceVersion\":\"\"}},\"content\":\"{rest}\"}}");
            var packed = PackedBody.Of(document);
            byte[] unpacked = new byte[packed.Length];

            Assert.True(PackedBody.TryUnpack(packed.Stored, unpacked));
            Assert.Equal(document[^packed.Length..], unpacked);
            Assert.StartsWith(",\"content\"", Encoding.UTF8.GetString(unpacked), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_WhatRepeats_TakesAFractionAndTheRestIsLeftAsItIs()
    {
        byte[] head = [.. """{"metadata":{"name":"a"},"content":" """u8];
        var repeats = PackedBody.Of([.. head, .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"/srv/data/file-{i:0000} ")))]);
        var random = PackedBody.Of([.. head, .. RandomNumberGenerator.GetBytes(20_000)]);

        Assert.InRange(repeats.Stored.Length, 1, repeats.Length / 3);
        Assert.Equal(random.Length, random.Stored.Length);
    }

    [Fact]
    public void Crc_AnyBitThatFlips_IsSeen()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(61);
        uint sum = PackedBody.Crc(bytes);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(sum, PackedBody.Crc(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        // The word that RFC 3720 gives for it.
        Assert.Equal(0x8A9136AAu, PackedBody.Crc(new byte[32]));
    }

    [Fact]
    public async Task Write_MuchThatRepeats_TakesLittleOfTheDisk()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(new SqliteEngine());
        string content = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"/srv/data/file-{i:0000} "));
        for (int i = 0; i < 50; i++)
        {
            await fixture.PutAsync($"o{i}", 0, content);
        }

        await fixture.ReopenAsync();
        Assert.Contains(content, StoreFixture.Text(fixture.Store.Get(StoreFixture.Key("o7"))), StringComparison.Ordinal);
        Assert.InRange(new FileInfo(Path.Combine(fixture.Options.DataDirectory, "storage.db")).Length, 1, 50L * content.Length / 3);
    }
}
