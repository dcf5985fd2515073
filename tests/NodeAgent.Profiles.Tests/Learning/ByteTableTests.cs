// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Profiles.Learning;
using NodeAgent.TestSupport;

namespace NodeAgent.Profiles.Tests.Learning;

public sealed class ByteTableTests
{
    [Fact]
    public void Add_ManyTextsOfAllSizes_FindsEachAndNoOther()
    {
        var random = new Random(11);
        var expected = new Dictionary<string, uint>(StringComparer.Ordinal);
        var table = new ByteTable<uint>();
        for (int i = 0; i < 20_000; i++)
        {
            int size = random.Next(500) == 0 ? random.Next(200_000) : random.Next(60);
            byte[] text = new byte[size];
            random.NextBytes(text);
            string name = Encoding.Latin1.GetString(text);
            if (expected.TryAdd(name, (uint)i))
            {
                Assert.Equal(-1, table.IndexOf(text));
                Assert.Equal(expected.Count - 1, table.Add(text, (uint)i));
            }
        }

        Assert.Equal(expected.Sum(pair => (long)pair.Key.Length), table.Bytes);
        ByteList<uint> captured = table.Capture();
        Assert.Equal(expected.Count, captured.Count);
        foreach ((string name, uint value) in expected)
        {
            int index = table.IndexOf(Encoding.Latin1.GetBytes(name));
            Assert.Equal(value, table.ValueAt(index));
            Assert.Equal(name, Encoding.Latin1.GetString(captured[index].Key));
        }
    }

    [Fact]
    public void Capture_AndThenAdd_StaysAsItWas()
    {
        var table = new ByteTable<uint>();
        table.Add("a"u8, 1);
        ByteList<uint> captured = table.Capture();
        table.ValueAt(0) = 2;
        for (int i = 0; i < 1000; i++)
        {
            table.Add(Encoding.ASCII.GetBytes($"b{i}"), 3);
        }

        Assert.Equal(["a=1"], captured.Select(pair => $"{Encoding.ASCII.GetString(pair.Key)}={pair.Value}"));
    }

    [Fact]
    public void IndexOf_KnownAndUnknown_AllocatesNothing()
    {
        var table = new ByteTable<uint>();
        table.Add("/etc/passwd"u8, 1);
        Assert.Equal(0, Allocations.Least(() =>
        {
            table.IndexOf("/etc/passwd"u8);
            table.IndexOf("/etc/shadow"u8);
        }));
    }
}
