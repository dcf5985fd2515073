// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Events.Text;

namespace NodeAgent.Events.Tests.Text;

public sealed class Utf8InternerTests
{
    [Fact]
    public void Intern_SameBytesTwice_GivesOneInstanceAndAllocatesNothing()
    {
        var interner = new Utf8Interner(16, 4096);
        byte[] plain = "/usr/bin/true"u8.ToArray();
        byte[] odd = [0xff, (byte)'x', 0];
        string first = interner.Intern(plain);
        string second = interner.Intern(odd);

        long before = GC.GetAllocatedBytesForCurrentThread();
        string again = interner.Intern(plain);
        string secondAgain = interner.Intern(odd);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Same(first, again);
        Assert.Same(second, secondAgain);
        Assert.Equal(0, allocated);
        Assert.Equal((2, 2), (interner.Hits, interner.Misses));
        Assert.Equal("\\xFFx\0", second);
    }

    [Fact]
    public void Intern_MoreThanTheBounds_StaysWithinThemAndCounts()
    {
        var interner = new Utf8Interner(8, 256);
        for (int i = 0; i < 1000; i++)
        {
            string text = $"value-{i}";
            Assert.Equal(text, interner.Intern(Encoding.ASCII.GetBytes(text)));
            Assert.InRange(interner.Count, 0, 8);
            Assert.InRange(interner.SizeBytes, 0, 256);
        }

        Assert.Equal(992, interner.Evictions);
    }

    [Fact]
    public void Intern_StringAboveASixteenthOfTheBytes_IsMadeButNotKept()
    {
        var interner = new Utf8Interner(8, 256);

        Assert.Equal(new string('a', 17), interner.Intern(Enumerable.Repeat((byte)'a', 17).ToArray()));

        Assert.Equal(0, interner.Count);
    }

    [Fact]
    public void Intern_EntryThatIsHit_OutlivesOthers()
    {
        var interner = new Utf8Interner(4, 4096);
        string kept = interner.Intern("kept"u8);
        for (int i = 0; i < 100; i++)
        {
            interner.Intern(Encoding.ASCII.GetBytes($"other-{i}"));
            Assert.Same(kept, interner.Intern("kept"u8));
        }
    }

    [Fact]
    public void Intern_AnySequence_GivesWhatByteTextGives() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll<byte[][]>(keys =>
        {
            var interner = new Utf8Interner(4, 64);
            return keys.Concat(keys.Reverse()).All(key => interner.Intern(key) == ByteText.Decode(key))
                && interner is { Count: <= 4, SizeBytes: <= 64 };
        }));
}
