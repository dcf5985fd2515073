// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Logging;
using NodeAgent.Files;

namespace NodeAgent.Profiles.Flows;

/// <summary>The file of a flow history: what is new is appended; when it grows over its size it is written anew, aside, and renamed.</summary>
/// <remarks>After a crash it holds all frames but the one that was being written. The disk may refuse at any time: then the next write is a whole one. For one thread.</remarks>
internal sealed class FlowHistoryLog(FlowHistoryOptions options, TimeProvider time, ILogger logger, FlowMetrics metrics) : IDisposable
{
    private FileStream? _file;
    private bool _isFailing;

    /// <summary>Reads what is there and takes away what a crash left at its end. What is no history is set aside.</summary>
    public FlowHistory Open()
    {
        if (options.File.Length == 0)
        {
            return new FlowHistory();
        }

        try
        {
            WholeFile.DeleteRest(options.File);
            FlowHistoryContent content = FlowHistoryFile.Read(options.File);
            if (content.TornBytes > 0)
            {
                using var file = new FileStream(options.File, FileMode.Open, FileAccess.Write, FileShare.Read);
                file.SetLength(content.SoundBytes);
                metrics.DroppedTorn += content.TornBytes;
                Log.FlowHistoryTorn(logger, options.File, content.TornBytes);
            }

            if (content.DamagedFrames > 0)
            {
                Log.FlowHistoryDamaged(logger, options.File, content.DamagedFrames);
            }

            metrics.Flows = content.History.Count;
            metrics.Bytes = content.SoundBytes;
            return content.History;
        }
        catch (FileNotFoundException)
        {
            return new FlowHistory();
        }
        catch (DirectoryNotFoundException)
        {
            return new FlowHistory();
        }
        catch (InvalidDataException e)
        {
            SetAside(e.Message);
            return new FlowHistory();
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            Fail(e);
            return new FlowHistory();
        }
    }

    /// <param name="whole">All flows, those of <paramref name="news"/> too.</param>
    /// <param name="news">What came since the last write.</param>
    public void Write(FlowHistory whole, FlowHistory news) => Attempt(whole, () => !_isFailing && TryAppend(news));

    /// <summary>Writes all, as after flows were dropped.</summary>
    public void WriteWhole(FlowHistory whole) => Attempt(whole, () => false);

    /// <summary>Drops what is too old; true when the file should be written anew for it.</summary>
    public bool Expire(FlowHistory whole)
    {
        int old = whole.DropBefore((time.GetUtcNow() - options.MaxAge).ToUnixTimeSeconds());
        metrics.DroppedOld += old;
        whole.Drops = whole.Drops with { TooOld = whole.Drops.TooOld + old };
        return old > 0;
    }

    public void Dispose() => Close();

    private void Attempt(FlowHistory whole, Func<bool> append)
    {
        if (options.File.Length == 0)
        {
            return;
        }

        try
        {
            if (!append())
            {
                Rewrite(whole);
            }

            metrics.Flows = whole.Count;
            if (_isFailing)
            {
                _isFailing = false;
                Log.FlowHistoryWorksAgain(logger, options.File);
            }
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            // What of it came to the disk is not known: the next write replaces it all.
            Close();
            Fail(e);
        }
    }

    /// <summary>Writes all of it in a file of its own and puts that in the place of the old one.</summary>
    private void Rewrite(FlowHistory whole)
    {
        Expire(whole);
        List<byte[]> frames = Fitting(whole);
        Close();
        WholeFile.Replace(options.File, file =>
        {
            file.Write(FlowFrames.FileHeader());
            foreach (byte[] frame in frames)
            {
                file.Write(frame);
            }
        });
        metrics.Bytes = FlowFrames.FileHeaderSize + frames.Sum(frame => (long)frame.Length);
    }

    // Room is left for what comes: a file that were full again at once would be written anew each time.
    private List<byte[]> Fitting(FlowHistory whole)
    {
        while (true)
        {
            List<byte[]> frames = [.. FlowFrames.Write(whole.Flows, whole.Drops)];
            long size = FlowFrames.FileHeaderSize + frames.Sum(frame => (long)frame.Length);
            long most = options.MaxBytes * 3 / 4;
            if (size <= most || whole.Count == 0)
            {
                return frames;
            }

            int kept = (int)(whole.Count * 0.95 * most / size);
            int dropped = whole.DropOldest(whole.Count - kept);
            metrics.DroppedNoRoom += dropped;
            whole.Drops = whole.Drops with { NoRoom = whole.Drops.NoRoom + dropped };
            Log.FlowHistoryFull(logger, options.MaxBytes, dropped);
        }
    }

    private bool TryAppend(FlowHistory news)
    {
        if (_file is null)
        {
            if (!File.Exists(options.File))
            {
                return false;
            }

            _file = WholeFile.Open(options.File, FileMode.Append);
        }

        foreach (byte[] frame in FlowFrames.Write(news.Flows, news.Drops))
        {
            if (_file.Length + frame.Length > options.MaxBytes)
            {
                return false; // the whole has what was to be appended, too
            }

            _file.Write(frame);
        }

        metrics.Bytes = _file.Length;
        return true;
    }

    private void SetAside(string problem)
    {
        string aside = $"{options.File}.corrupt-{time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        try
        {
            File.Move(options.File, aside, overwrite: true);
            Log.FlowHistoryCorrupt(logger, options.File, problem, aside);
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            Fail(e);
        }
    }

    private void Close()
    {
        FileStream? file = _file;
        _file = null;
        try
        {
            file?.Dispose();
        }
        catch (IOException e)
        {
            Fail(e);
        }
    }

    private void Fail(Exception e)
    {
        metrics.Errors++;
        if (!_isFailing)
        {
            _isFailing = true;
            Log.FlowHistoryFails(logger, options.File, e.Message);
        }
    }
}
