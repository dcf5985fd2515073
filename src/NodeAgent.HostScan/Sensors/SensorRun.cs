// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Accounts;
using NodeAgent.HostScan.Processes;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors;

/// <summary>What one sensor works with during one scan, and where it says what it could not read.</summary>
/// <remarks>What several sensors ask is read once for the scan (<see cref="SharedReads"/>). Used by one thread.</remarks>
public sealed class SensorRun(HostRoot root, SharedReads shared, string nodeName, CancellationToken stop)
{
    private const int MaxProblems = 20;
    private const int MaxHashedBytes = 16 << 20;

    private readonly List<string> _problems = [];
    private int _unsaid;

    public HostRoot Root => root;

    public string NodeName => nodeName;

    /// <summary>Ends when the sensor has taken too long: walks look at it.</summary>
    public CancellationToken Stop => stop;

    public HostProcesses Processes => shared.Processes(stop);

    public HostAccounts Accounts => shared.Accounts;

    /// <summary>Shape: sentences with a semicolon between them; null = all was read.</summary>
    public string? Problems => (_problems.Count, _unsaid) switch
    {
        (0, _) => null,
        (_, 0) => string.Join("; ", _problems),
        _ => string.Create(CultureInfo.InvariantCulture, $"{string.Join("; ", _problems)}; and {_unsaid} more"),
    };

    /// <summary>Says what is missing in the document, and why. The sensor goes on.</summary>
    public void Problem(string text)
    {
        if (_problems.Contains(text))
        {
            return;
        }

        if (_problems.Count < MaxProblems)
        {
            _problems.Add(text);
        }
        else
        {
            _unsaid++;
        }
    }

    /// <summary>Reads a file, and says it if it is there and cannot be read, or is not whole.</summary>
    public HostFileBytes Read(string path, int maxBytes = HostRoot.DefaultMaxBytes)
    {
        HostFileBytes read = root.Read(path, maxBytes);
        Note(path, read.Problem);
        if (read.IsCut)
        {
            Problem(string.Create(CultureInfo.InvariantCulture, $"{path}: longer than {maxBytes} bytes, the rest was not read"));
        }

        return read;
    }

    /// <summary>Names in a directory; says it if it is there and cannot be read, or holds more than are told.</summary>
    public IReadOnlyList<string> List(string path, int most = 4096)
    {
        Note(path, root.List(path, most + 1, out IReadOnlyList<string> names));
        if (names.Count <= most)
        {
            return names;
        }

        Problem(string.Create(CultureInfo.InvariantCulture, $"{path}: more than {most} entries, the rest was not read"));
        return [.. names.Take(most)];
    }

    /// <summary>A file as the documents describe it.</summary>
    /// <param name="content">Whether its bytes may be told: never of what holds a credential.</param>
    /// <returns>Null when nothing is there.</returns>
    public HostFile? Describe(string path, FileContent content)
    {
        ReadProblem problem = root.TryGetFacts(path, out Interop.Platform.FileFacts facts);
        if (problem != ReadProblem.None)
        {
            Note(path, problem);
            return problem == ReadProblem.Missing ? null : new HostFile { Path = path, Ownership = new HostFileOwnership { Err = problem.ToString() } };
        }

        var file = new HostFile { Path = path, Permissions = (int)facts.Permissions, Ownership = Owner(facts) };
        if (!facts.IsRegular || content == FileContent.None)
        {
            return file;
        }

        if (content == FileContent.Hash)
        {
            string? hash = root.Hash(path, MaxHashedBytes, out ReadProblem unread);
            Note(path, unread);
            if (hash is null && unread == ReadProblem.None)
            {
                Problem(string.Create(CultureInfo.InvariantCulture, $"{path}: longer than {MaxHashedBytes} bytes, no hash is told"));
            }

            return file with { Sha256 = hash };
        }

        HostFileBytes read = Read(path);
        return read.IsRead
            ? file with { Content = Convert.ToBase64String(read.Bytes.Span), Sha256 = read.IsCut ? null : Convert.ToHexStringLower(SHA256.HashData(read.Bytes.Span)) }
            : file;
    }

    public HostFileOwnership Owner(in Interop.Platform.FileFacts facts) =>
        new() { Uid = facts.Uid, Gid = facts.Gid, Username = Accounts.UserName(facts.Uid), Groupname = Accounts.GroupName(facts.Gid) };

    private void Note(string path, ReadProblem problem)
    {
        if (problem is not (ReadProblem.None or ReadProblem.Missing))
        {
            Problem($"{path}: {Text(problem)}");
        }
    }

    private static string Text(ReadProblem problem) => problem switch
    {
        ReadProblem.Denied => "may not be read",
        ReadProblem.NotRegular => "is no regular file",
        ReadProblem.BadPath => "links in a circle, or no path",
        _ => "could not be read",
    };
}

/// <summary>How much of a file's content a document may hold.</summary>
public enum FileContent
{
    /// <summary>Owner and mode.</summary>
    None,

    /// <summary>Owner, mode and SHA-256: for what holds a secret of many bits. Not for passwords, which can be guessed from a hash.</summary>
    Hash,

    /// <summary>All of it: only for what holds no credential.</summary>
    Text,
}
