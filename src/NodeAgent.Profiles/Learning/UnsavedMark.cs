// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Learning;

/// <summary>Says whether anything was learned that no checkpoint holds yet. For the event loop's thread.</summary>
internal sealed class UnsavedMark(Action<bool>? changed)
{
    private bool _isSet;

    public void Set()
    {
        if (!_isSet)
        {
            _isSet = true;
            changed?.Invoke(true);
        }
    }

    public void Clear()
    {
        if (_isSet)
        {
            _isSet = false;
            changed?.Invoke(false);
        }
    }
}
