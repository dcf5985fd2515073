// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Files;

namespace NodeAgent.Files.Tests;

/// <summary>What files say together, as it changes.</summary>
public sealed class FollowedFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("node-agent-files-").FullName;
    private readonly List<string> _told = [];
    private readonly Clock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Current_ChangedFiles_AreReadAgainAfterAWhileAndToldOnce()
    {
        FollowedFiles<string> files = Follow("1", "2");
        Assert.Equal("12", files.Current);
        Write("a", "3");
        Assert.Equal("12", files.Current); // looked at just now

        _clock.Advance();
        Assert.Equal("32", files.Current);
        _clock.Advance();
        Assert.Equal("32", files.Current);
        Assert.Equal(["reloaded"], _told);
    }

    [Fact]
    public void Current_FilesThatFitNoMore_LeaveWhatWasThereInForce()
    {
        FollowedFiles<string> files = Follow("1", "2");
        Write("a", "bad");
        _clock.Advance();
        Assert.Equal("12", files.Current);
        _clock.Advance();
        Assert.Equal("12", files.Current);
        Assert.Equal(["unusable: bad it is"], _told);

        File.Delete(Path.Combine(_folder, "b"));
        _clock.Advance();
        Assert.Equal("12", files.Current);
        Write("a", "4");
        Write("b", "5");
        _clock.Advance();
        Assert.Equal("45", files.Current);
        Assert.Equal("reloaded", _told[^1]);
    }

    [Fact]
    public void Constructor_FilesThatAreWrongAtTheStart_Throws()
    {
        Assert.Throws<FormatException>(() => Follow("bad", "2"));
        Assert.Throws<FormatException>(() => PemCertificates.Authorities("no certificate"));
    }

    private FollowedFiles<string> Follow(string a, string b)
    {
        Write("a", a);
        Write("b", b);
        return new FollowedFiles<string>(
            [Path.Combine(_folder, "a"), Path.Combine(_folder, "b")], Read, _clock, new FileReports(_ => _told.Add("reloaded"), (_, reason) => _told.Add($"unusable: {reason}")));
    }

    private static string Read(IReadOnlyList<string> texts) => texts[0] == "bad" ? throw new FormatException("bad it is") : string.Concat(texts);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now;

        public void Advance() => _now += TimestampFrequency * 6;
    }
}
