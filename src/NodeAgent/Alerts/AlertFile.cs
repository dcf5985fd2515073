// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Alerts;

/// <summary>Reads the alert file of an agent, and those that were rotated, while it is written.</summary>
/// <remarks>A line that is no alert (a torn write) is counted and left out.</remarks>
internal sealed class AlertFile(string path)
{
    private const int MaxRotated = 1000;

    /// <summary>Longer than any alert: what has no line break for so long is no alert.</summary>
    private const int MaxLine = 8 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private long _readTo = long.MaxValue;

    /// <summary>Lines that were no alerts.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Whether there is any.</summary>
    public bool Exists => File.Exists(path) || File.Exists(Rotated(1));

    /// <summary>From the oldest to the newest.</summary>
    public IEnumerable<RuntimeAlerts> ReadAll()
    {
        int oldest = 0;
        while (oldest < MaxRotated && File.Exists(Rotated(oldest + 1)))
        {
            oldest++;
        }

        for (int number = oldest; number > 0; number--)
        {
            foreach (RuntimeAlerts alert in Read(Rotated(number)))
            {
                yield return alert;
            }
        }

        foreach (RuntimeAlerts alert in Read(path))
        {
            yield return alert;
        }
    }

    /// <summary>Those that come after what <see cref="ReadAll"/> has read, until cancelled; also when the file is rotated, or made only later.</summary>
    public async IAsyncEnumerable<RuntimeAlerts> FollowAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        FileStream? file = Open(path);
        file?.Seek(Math.Min(_readTo, file.Length), SeekOrigin.Begin);
        string? name = NameOf(file);
        var pending = new ArrayBufferWriter<byte>();
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                foreach (RuntimeAlerts alert in Take(file, pending))
                {
                    yield return alert;
                }

                if (NameOf(file) != name || file is null)
                {
                    // It was rotated, and is written no more: its rest, then the new one.
                    foreach (RuntimeAlerts alert in Take(file, pending))
                    {
                        yield return alert;
                    }

                    file?.Dispose();
                    file = Open(path);
                    name = NameOf(file);
                    pending.ResetWrittenCount();
                }
                else if (file.Position > file.Length)
                {
                    file.Seek(0, SeekOrigin.Begin); // somebody emptied it
                }

                await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    private IEnumerable<RuntimeAlerts> Read(string file)
    {
        using FileStream? stream = Open(file);
        var pending = new ArrayBufferWriter<byte>();
        foreach (RuntimeAlerts alert in Take(stream, pending))
        {
            yield return alert;
        }

        if (file == path)
        {
            _readTo = (stream?.Position ?? 0) - pending.WrittenCount;
        }
    }

    // Whole lines only: the last one may be in the making.
    private IEnumerable<RuntimeAlerts> Take(FileStream? file, ArrayBufferWriter<byte> pending)
    {
        while (file is not null && file.Read(pending.GetSpan(64 << 10)) is > 0 and var read)
        {
            pending.Advance(read);
            foreach (RuntimeAlerts alert in TakeLines(pending))
            {
                yield return alert;
            }
        }
    }

    private List<RuntimeAlerts> TakeLines(ArrayBufferWriter<byte> pending)
    {
        var alerts = new List<RuntimeAlerts>();
        ReadOnlySpan<byte> rest = pending.WrittenSpan;
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (Parse(rest[..end]) is { } alert)
            {
                alerts.Add(alert);
            }

            rest = rest[(end + 1)..];
        }

        byte[] left = rest.Length > MaxLine ? [] : rest.ToArray();
        pending.ResetWrittenCount();
        pending.Write(left);
        return alerts;
    }

    private RuntimeAlerts? Parse(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return null;
        }

        try
        {
            RuntimeAlerts alert = AlertJson.Parse(line);
            return alert.Spec.Alerts.Count > 0 ? alert : null;
        }
        catch (JsonException)
        {
            Unreadable++;
            return null;
        }
    }

    // What the open file is called by now: a rotation renames it.
    private static string? NameOf(FileStream? file) =>
        file is null ? null : new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}")).LinkTarget;

    private static FileStream? Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string Rotated(int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");
}
