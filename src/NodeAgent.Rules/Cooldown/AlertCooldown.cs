// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Rules.Cooldown;

/// <summary>When two alerts are the same.</summary>
/// <param name="RuleIndex">The rule's place in the engine.</param>
/// <param name="CgroupId">The container.</param>
/// <param name="UniqueId">What the rule says makes it the same.</param>
internal readonly record struct CooldownKey(int RuleIndex, ulong CgroupId, UInt128 UniqueId);

/// <summary>The first alert passes; what repeats within its window is counted and told once when the window ends.</summary>
/// <remarks>
/// Windows do not slide: something that goes on for ever is told once per window, never only once. All windows are
/// equally long, so the order in which they start is the order in which they end, and one list serves for expiry and
/// for eviction. What is evicted is the window that would end first; its summary is due at once. One thread.
/// </remarks>
internal sealed class AlertCooldown(TimeSpan window, int capacity)
{
    private readonly ulong _windowNs = (ulong)window.Ticks * 100;
    private readonly Dictionary<CooldownKey, CooldownWindow> _windows = [];
    private CooldownWindow? _first;
    private CooldownWindow? _last;

    public int Count => _windows.Count;

    public long Evictions { get; private set; }

    /// <param name="occurrences">How often it happened, this one included: more than one when the kernel counted before it told again.</param>
    /// <param name="isRepeat">False: the alert passes; what it stands for beyond itself is counted in its window.</param>
    /// <param name="evicted">A window that had to make room and still has repeats to tell.</param>
    /// <returns>The window in which it is counted; null without a cooldown.</returns>
    public CooldownWindow? Admit(CooldownKey key, ulong timeNs, ulong occurrences, out bool isRepeat, out CooldownWindow? evicted)
    {
        evicted = null;
        isRepeat = false;
        if (_windowNs == 0)
        {
            return null;
        }

        if (_windows.TryGetValue(key, out CooldownWindow? running))
        {
            isRepeat = true;
            running.AddRepeats(timeNs, occurrences);
            return running;
        }

        if (_windows.Count >= capacity && _first is { } oldest)
        {
            Evictions++;
            Forget(oldest.Key);
            evicted = oldest.Repeats > 0 ? oldest : null;
        }

        var started = new CooldownWindow(key, timeNs);
        started.AddRepeats(timeNs, occurrences - 1);
        _windows.Add(key, started);
        Append(started);
        return started;
    }

    /// <summary>Makes the next alert of this key a first one again.</summary>
    public void Forget(CooldownKey key)
    {
        if (_windows.Remove(key, out CooldownWindow? window))
        {
            Unlink(window);
        }
    }

    /// <summary>Takes one window whose time is over, until there is none: those without repeats just end.</summary>
    /// <param name="nowNs">Units: boot ns; <see cref="ulong.MaxValue"/> ends all.</param>
    /// <param name="due">A window with repeats to tell; it starts anew when the caller calls <see cref="Renew"/>.</param>
    public bool TryTakeDue(ulong nowNs, [NotNullWhen(true)] out CooldownWindow? due)
    {
        while (_first is { } first && (first.IsPutBack || (nowNs >= first.StartNs && nowNs - first.StartNs >= _windowNs)))
        {
            Forget(first.Key);
            if (first.Repeats > 0)
            {
                due = first;
                return true;
            }
        }

        due = null;
        return false;
    }

    /// <summary>Starts a window again after its summary was told, so that what goes on is told once per window.</summary>
    public void Renew(CooldownWindow window, ulong nowNs)
    {
        var renewed = new CooldownWindow(window.Key, nowNs);
        if (_windows.TryAdd(window.Key, renewed))
        {
            Append(renewed);
        }
    }

    /// <summary>Takes the windows with something to tell of containers that have ended; the caller calls <see cref="Renew"/> or <see cref="PutBack"/>.</summary>
    /// <remarks>One without a template waits for its first alert, which has not left yet.</remarks>
    public void TakeOf(HashSet<ulong> cgroupIds, List<CooldownWindow> taken)
    {
        CooldownWindow? next;
        for (CooldownWindow? window = _first; window is not null; window = next)
        {
            next = window.Next;
            if (window.Repeats > 0 && window.Template is not null && cgroupIds.Contains(window.Key.CgroupId))
            {
                Forget(window.Key);
                taken.Add(window);
            }
        }
    }

    /// <summary>Gives back a window whose summary found no room: it is due again.</summary>
    public void PutBack(CooldownWindow window)
    {
        if (_windows.TryAdd(window.Key, window))
        {
            window.Next = _first;
            _last ??= window;
            if (_first is not null)
            {
                _first.Previous = window;
            }

            _first = window;
            window.IsPutBack = true;
        }
    }

    private void Append(CooldownWindow window)
    {
        window.Previous = _last;
        if (_last is null)
        {
            _first = window;
        }
        else
        {
            _last.Next = window;
        }

        _last = window;
    }

    private void Unlink(CooldownWindow window)
    {
        if (window.Previous is null)
        {
            _first = window.Next;
        }
        else
        {
            window.Previous.Next = window.Next;
        }

        if (window.Next is null)
        {
            _last = window.Previous;
        }
        else
        {
            window.Next.Previous = window.Previous;
        }

        window.Previous = window.Next = null;
    }
}

/// <summary>The cooldown of one alert: from its sending until the window's end.</summary>
internal sealed class CooldownWindow(CooldownKey key, ulong startNs)
{
    public CooldownKey Key { get; } = key;

    public ulong StartNs { get; } = startNs;

    public long Repeats { get; private set; }

    public ulong FirstRepeatNs { get; private set; }

    public ulong LastRepeatNs { get; private set; }

    /// <summary>The alert of the first repeat: made once per window, since most windows never have one.</summary>
    public RuntimeAlerts? Template { get; set; }

    /// <summary>Its summary was due, and found no room.</summary>
    public bool IsPutBack { get; set; }

    internal CooldownWindow? Previous { get; set; }

    internal CooldownWindow? Next { get; set; }

    public void AddRepeats(ulong timeNs, ulong count)
    {
        if (count == 0)
        {
            return;
        }

        if (Repeats == 0)
        {
            FirstRepeatNs = timeNs;
        }

        Repeats += (long)Math.Min(count, uint.MaxValue); // the kernel's count has 32 bits
        LastRepeatNs = Math.Max(LastRepeatNs, timeNs);
    }
}
