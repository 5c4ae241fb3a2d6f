# Prints what zsh offers for a line. usage: zsh -f complete.zsh FOLDER LINE [SECONDS]       FOLDER holds the functions
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= PS2= RPS1=; unsetopt zle_bracketed_paste 2>/dev/null; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D
zstyle ':completion:*' list-prompt ''; zstyle ':completion:*' menu no; LISTMAX=0; COLUMNS=300
print READY"
while zpty -r shell line; do [[ $line == *READY* && $line != *print* ]] && break; done
zpty -n -w shell "$2"$'\t\t'
sleep ${3:-2}
zpty -n -w shell $'\C-u'"print DONE"$'\n'
while zpty -r shell line; do print -r -- "$line"; [[ $line == *DONE* ]] && break; done
zpty -d shell
