// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Integrity.Changes;

/// <summary>Counts what happens to a file again and again by one program: the first is told, the rest together when the time is over. One user at a time.</summary>
/// <param name="period">From what was told to the next that is.</param>
/// <param name="send">Takes those that are told later.</param>
internal sealed class RepeatedChanges(TimeSpan period, TimeProvider time, Action<RuntimeAlerts> send)
{
    private const int Capacity = 1000;
    private readonly RecentMap<(FileChanges Change, FileKey File, string Executable), Window> _windows = new(Capacity);
    private DateTimeOffset _next = DateTimeOffset.MaxValue;

    /// <summary>When something is to be told; the end of time when nothing is.</summary>
    public DateTimeOffset Next => _next;

    /// <summary>What was counted instead of told, so far.</summary>
    public long Folded { get; private set; }

    /// <returns>True: it is to be told now.</returns>
    public bool Admit(FileObservation seen, RuntimeAlerts alert)
    {
        DateTimeOffset now = time.GetUtcNow();
        var key = (seen.Change, seen.Key, seen.Executable);
        if (period > TimeSpan.Zero && _windows.TryGet(key, out Window? window) && window.Until > now)
        {
            window.Count += 1 + seen.Repeats;
            window.First ??= alert;
            window.Last = alert;
            Folded += 1 + seen.Repeats;
            _next = window.Until < _next ? window.Until : _next;
            return false;
        }

        var begun = new Window { Until = now + period };
        if (seen.Repeats > 0)
        {
            (begun.Count, begun.First, begun.Last) = (seen.Repeats, alert, alert);
            Folded += seen.Repeats;
            _next = begun.Until < _next ? begun.Until : _next;
        }

        if (_windows.Set(key, begun) is { } evicted)
        {
            Tell(evicted);
        }

        return true;
    }

    /// <summary>Tells what is due.</summary>
    /// <param name="all">Whether or not it is.</param>
    public void SendDue(bool all = false)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!all && now < _next)
        {
            return;
        }

        _next = DateTimeOffset.MaxValue;
        foreach (Window window in _windows.Values)
        {
            if (window.Count > 0 && (all || window.Until <= now))
            {
                Tell(window);
                window.Until = now + period;
            }
            else if (window.Count > 0 && window.Until < _next)
            {
                _next = window.Until;
            }
        }
    }

    private void Tell(Window window)
    {
        if (window is { First: { } first, Last: { } last })
        {
            RuntimeAlert alert = last.Spec.Alerts[0];
            send(last with
            {
                Spec = last.Spec with
                {
                    Alerts =
                    [
                        alert with
                        {
                            Arguments = alert.Arguments with
                            {
                                AlertId = FileChangeAlerts.IdOf(alert.Arguments.AlertId, window.Count.ToString(null, null)),
                                RepeatCount = window.Count,
                                FirstTime = first.Spec.Alerts[0].Timestamp,
                                LastTime = alert.Timestamp,
                            },
                        },
                    ],
                },
            });
        }

        (window.Count, window.First, window.Last) = (0, null, null);
    }

    private sealed class Window
    {
        public DateTimeOffset Until { get; set; }

        public long Count { get; set; }

        public RuntimeAlerts? First { get; set; }

        public RuntimeAlerts? Last { get; set; }
    }
}
